const SVG = "http://www.w3.org/2000/svg"
const drawn = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table")
  table.setAttribute("aria-label", data.label)
  table.press = (kind, value) => setTriggerValue(kind, value)
  const content = JSON.stringify({ ...data, current: null })
  if (drawn.get(table) !== content) {
    drawn.set(table, content)
    if (data.opens) drawRecords(table, data)
    else drawFigures(table, data)
  }
  for (const row of table.tBodies[0].rows) row.toggleAttribute("aria-current", data.opens && row.dataset.id === data.current)
}

// Rows that open as a whole: one at a time is in the tab order, and the arrow keys move between them.
function drawRecords(table, { columns, rows, ids, glyphs }) {
  const body = table.tBodies[0]
  table.parentElement.className = "ih-table ih-rows"
  table.parentElement.tabIndex = -1
  table.tHead.replaceChildren(element("tr", ...columns.map((column) => headingCell(table, column))))
  body.replaceChildren(...rows.map((record) => element("tr", ...columns.map((column) => cell("td", column, record[column.name], glyphs)))))
  sayRoles(table)
  for (const [place, row] of [...body.rows].entries()) {
    row.dataset.id = ids[place]
    row.tabIndex = place ? -1 : 0
  }
  body.onclick = (event) => {
    const row = event.target.closest("tr")
    // Someone who marks an id to copy it does not want to open the record.
    if (row && getSelection().isCollapsed) table.press("opened", row.dataset.id)
  }
  body.onkeydown = (event) => {
    const row = event.target.closest("tr")
    if (event.key === "Enter" || event.key === " ") table.press("opened", row.dataset.id)
    else if (event.key === "ArrowDown") focus(row, row.nextElementSibling)
    else if (event.key === "ArrowUp") focus(row, row.previousElementSibling)
    else return
    event.preventDefault()
  }
}

// A row that is laid out as a card would lose its own role.
function sayRoles(table) {
  table.role = "table"
  table.tHead.role = table.tBodies[0].role = "rowgroup"
  for (const row of table.rows) row.role = "row"
  for (const made of table.querySelectorAll("th")) made.role = "columnheader"
  for (const made of table.querySelectorAll("td")) made.role = "cell"
}

// Figures that lead on: one link of the table is in the tab order, and the arrow keys move between them.
function drawFigures(table, { columns, rows, sortedBy }) {
  const held = placeOf(table, document.activeElement)
  const stop = placeOf(table, table.querySelector("tbody a[tabindex='0']"))
  const earlier = new Map([...table.querySelectorAll("tbody a")].map((link) => [identity(table, link), link]))
  table.parentElement.className = "ih-table ih-figures"
  table.tHead.replaceChildren(element("tr", ...columns.map((column) => headingCell(table, column, sortedBy))))
  table.tBodies[0].replaceChildren(...rows.map((row) => element("tr", ...columns.map((column, place) => {
    const made = cell(place ? "td" : "th", column, row[column.name])
    if (!place) made.scope = "row"
    return made
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
    focus(event.target, to)
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
  made.dataset.column = name
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

function cell(tag, { name, kind }, content, glyphs) {
  const made = element(tag)
  made.className = `ih-${kind}`
  made.dataset.column = name
  if (content === null || content === undefined) return made
  const { text, note, mark, address, tone, is_id: isId, line, interval, share, colour } = typeof content === "string" ? { text: content } : content
  const drawing = line ? lineOf(line) : interval ? intervalOf(interval) : share !== undefined ? barOf(share, colour) : null
  if (drawing) {
    made.append(drawing)
    made.setAttribute("aria-label", text)
    made.title = text
  } else {
    const body = element(address ? "a" : "span", text ?? "–")
    if (address) body.href = address
    if (text === undefined) body.className = "ih-none"
    else if (tone) body.className = `ih-${tone}`
    if (isId) body.classList.add("ih-as-id")
    if (kind === "type") {
      body.prepend(glyph(glyphs[text]))
      body.style.setProperty("--type-colour", glyphs[text].colour)
    }
    made.append(body)
    if (tag === "th") made.title = text
  }
  if (mark) made.append(" ", beside("ih-mark", mark))
  if (note) made.append(" ", beside("ih-note", note))
  return made
}

function beside(kind, text) {
  const made = element("span", text)
  made.className = kind
  return made
}

function lineOf(counts) {
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

function intervalOf({ low, value, high }) {
  const range = element("i"), dot = element("b"), made = element("span", range, dot)
  made.className = "ih-interval"
  range.style.left = `${100 * low}%`
  range.style.width = `${100 * (high - low)}%`
  dot.style.left = `${100 * value}%`
  return made
}

function barOf(share, colour) {
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

function focus(from, to) {
  if (!to) return
  from.tabIndex = -1
  to.tabIndex = 0
  to.focus()
}

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
