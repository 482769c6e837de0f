const SVG = "http://www.w3.org/2000/svg"
const drawn = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table")
  table.setAttribute("aria-label", data.label)
  table.press = (kind, value) => setTriggerValue(kind, value)
  const content = JSON.stringify(data)
  if (drawn.get(table) === content) return
  drawn.set(table, content)
  draw(table, data)
}

function draw(table, { headings, rows, sortedBy }) {
  const held = placeOf(table, document.activeElement)
  const stop = placeOf(table, table.querySelector("tbody a[tabindex='0']"))
  const earlier = new Map([...table.querySelectorAll("tbody a")].map((link) => [identity(table, link), link]))
  table.tHead.replaceChildren(element("tr", ...headings.map((heading) => headingCell(table, heading, sortedBy))))
  table.tBodies[0].replaceChildren(...rows.map((row) => element("tr", ...headings.map((heading, place) => {
    const cell = figureCell(row[heading.name], heading.kind, place ? "td" : "th")
    if (!place) cell.scope = "row"
    return cell
  }))))
  // A link that stays is the same element as before: what keeps the focus knows the place by it.
  for (const link of table.querySelectorAll("tbody a")) link.replaceWith(earlier.get(identity(table, link)) ?? link)
  const links = table.tBodies[0].querySelectorAll("a")
  for (const link of links) link.tabIndex = -1
  const link = (stop && table.tBodies[0].rows[stop.row]?.cells[stop.column]?.querySelector("a")) ?? links[0]
  if (link) link.tabIndex = 0
  followLinks(table.tBodies[0], table.press)
  table.tBodies[0].onkeydown = (event) => {
    const to = neighbour(event.target.closest("td, th"), event.key)
    if (!to) return
    event.preventDefault()
    event.target.tabIndex = -1
    to.tabIndex = 0
    to.focus()
  }
  // A table with nothing in it to come to with the keyboard may still have to be scrolled.
  table.parentElement.tabIndex = table.querySelector("a, button") ? -1 : 0
  if (held) (held.row < 0 ? table.tHead.rows[0].cells[held.column]?.querySelector("button") : link)?.focus()
}

function identity(table, link) {
  return JSON.stringify([placeOf(table, link), link.getAttribute("href"), link.className, link.textContent])
}

// Where in the table an element stands; a heading's row is -1.
function placeOf(table, element) {
  const cell = table.contains(element) && element.closest("td, th")
  if (!cell) return null
  return { row: table.tBodies[0].contains(cell) ? cell.parentElement.sectionRowIndex : -1, column: cell.cellIndex }
}

function headingCell(table, { name, label, kind, help, sorts }, sortedBy) {
  const made = element("th")
  made.scope = "col"
  made.className = `ih-${kind}`
  if (help) made.title = help
  if (!sorts) {
    made.textContent = label
    return made
  }
  const button = element("button", label)
  button.type = "button"
  button.onclick = () => table.press("heading", name)
  if (sortedBy?.[0] === name) made.setAttribute("aria-sort", sortedBy[1])
  made.append(button)
  return made
}

function figureCell(figure, kind, tag) {
  const made = element(tag)
  made.className = `ih-${kind}`
  if (figure === null || figure === undefined) return made
  const { text, note, mark, address, tone } = figure
  const drawing = figure.line ? line(figure.line) : figure.interval ? interval(figure.interval) : figure.share !== null ? bar(figure) : null
  if (drawing) {
    made.append(drawing)
    made.setAttribute("aria-label", text)
    made.title = text
  } else {
    const body = element(address ? "a" : "span", text ?? "–")
    if (address) body.href = address
    if (text === null) body.className = "ih-none"
    else if (tone) body.className = `ih-${tone}`
    if (figure.is_id) body.classList.add("ih-as-id")
    made.append(body)
    if (tag === "th") made.title = text
  }
  if (mark) {
    const shown = element("span", mark)
    shown.className = "ih-mark"
    made.append(" ", shown)
  }
  if (note) {
    const shown = element("span", note)
    shown.className = "ih-note"
    made.append(" ", shown)
  }
  return made
}

function line(counts) {
  const most = Math.max(...counts, 1)
  const points = counts.map((count, place) => `${(100 * place) / Math.max(counts.length - 1, 1)},${30 - (28 * count) / most}`)
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", "0 0 100 30")
  svg.setAttribute("preserveAspectRatio", "none")
  svg.setAttribute("aria-hidden", "true")
  svg.append(shape("polygon", `0,30 ${points.join(" ")} 100,30`), shape("polyline", points.join(" ")))
  return svg
}

function shape(tag, points) {
  const made = document.createElementNS(SVG, tag)
  made.setAttribute("points", points)
  return made
}

function interval({ low, value, high }) {
  const range = element("i"), dot = element("b"), made = element("span", range, dot)
  made.className = "ih-interval"
  range.style.left = `${100 * low}%`
  range.style.width = `${100 * (high - low)}%`
  dot.style.left = `${100 * value}%`
  return made
}

function bar({ share, colour }) {
  const filled = element("i"), made = element("span", filled)
  made.className = "ih-bar"
  filled.style.width = `${100 * share}%`
  if (colour) made.style.setProperty("--bar-colour", colour)
  return made
}

function element(tag, ...children) {
  const made = document.createElement(tag)
  made.append(...children)
  return made
}

// One link of the table is in the tab order; the arrow keys move between them.
function neighbour(cell, key) {
  const row = cell.parentElement
  if (key === "ArrowUp" || key === "ArrowDown") {
    const other = key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling
    return other?.cells[cell.cellIndex].querySelector("a") ?? other?.querySelector("a")
  }
  if (key !== "ArrowLeft" && key !== "ArrowRight") return null
  const links = [...row.querySelectorAll("a")]
  return links[links.indexOf(cell.querySelector("a")) + (key === "ArrowRight" ? 1 : -1)]
}
