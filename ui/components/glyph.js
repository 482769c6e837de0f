// A type's marker as the charts draw it.
function glyph({ outline, open, colour }) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("viewBox", "-10 -10 20 20")
  svg.setAttribute("aria-hidden", "true")
  svg.setAttribute("class", "ih-glyph")
  const shape = document.createElementNS(svg.namespaceURI, "polygon")
  shape.setAttribute("points", outline)
  shape.setAttribute("fill", open ? "none" : colour)
  shape.setAttribute("stroke", colour)
  shape.setAttribute("stroke-width", 2)
  svg.append(shape)
  return svg
}
