export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector("dl")
  list.replaceChildren(...data.flatMap(({ label, text, id, glyph: drawn, link, address }) => {
    const value = element("dd")
    if (text !== null) value.append(element("span", text, drawn ? "chip" : ""))
    if (id !== null) value.append(element("span", id, "id"))
    if (text === null && id === null) value.append("–")
    if (drawn) {
      value.firstChild.style.setProperty("--type-colour", drawn.colour)
      value.firstChild.prepend(glyph(drawn))
    }
    if (link) value.append(anchor(link, address))
    return [element("dt", label), value]
  }))
  followLinks(list, setTriggerValue)
}

function anchor(text, address) {
  const made = element("a", text)
  made.href = address
  return made
}

function element(tag, text, kind) {
  const made = document.createElement(tag)
  if (text) made.textContent = text
  if (kind) made.className = kind
  return made
}
