const drawn = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table")
  table.setAttribute("aria-label", data.label)
  table.open = (row) => setTriggerValue("opened", row.dataset.id)

  const content = JSON.stringify([data.columns, data.rows])
  if (drawn.get(table) !== content) {
    drawn.set(table, content)
    draw(table, data)
  }
  for (const row of table.tBodies[0].rows) {
    row.toggleAttribute("aria-current", row.dataset.id === data.current)
  }
}

function draw(table, { columns, rows, glyphs }) {
  const header = element("tr", ...columns.map((column) => cell("th", column, column.label)))
  header.role = "row"
  const body = rows.map((record) => {
    const row = element("tr", ...columns.map((column) => cell("td", column, record[column.name], glyphs)))
    row.role = "row"
    row.dataset.id = record.key
    row.tabIndex = -1
    return row
  })
  table.tHead.replaceChildren(header)
  table.tBodies[0].replaceChildren(...body)
  if (body.length) body[0].tabIndex = 0
  table.tBodies[0].onclick = (event) => {
    const row = event.target.closest("tr")
    // Someone who marks an id to copy it does not want to open the record.
    if (row && getSelection().isCollapsed) table.open(row)
  }
  table.tBodies[0].onkeydown = (event) => {
    const row = event.target.closest("tr")
    if (event.key === "Enter" || event.key === " ") table.open(row)
    else if (event.key === "ArrowDown") focus(row, row.nextElementSibling)
    else if (event.key === "ArrowUp") focus(row, row.previousElementSibling)
    else return
    event.preventDefault()
  }
}

function cell(tag, column, content, glyphs) {
  const made = element(tag)
  made.className = `ih-${column.kind}`
  made.role = tag === "th" ? "columnheader" : "cell"
  made.dataset.column = column.name
  if (tag === "th") made.scope = "col"
  if (tag === "td" && column.kind === "type") {
    const chip = element("span", glyph(glyphs[content]), content)
    chip.style.setProperty("--type-colour", glyphs[content].colour)
    made.append(chip)
  } else if (content?.text) {
    const text = element("span", content.text)
    if (content.is_id) text.className = "ih-as-id"
    made.append(text)
    if (content.mark) {
      const mark = element("span", content.mark)
      mark.className = "ih-mark"
      made.append(" ", mark)
    }
  } else {
    made.textContent = content
  }
  return made
}

function element(tag, ...children) {
  const made = document.createElement(tag)
  made.append(...children)
  return made
}

// One row at a time is in the tab order; the arrow keys move between them.
function focus(from, to) {
  if (!to) return
  from.tabIndex = -1
  to.tabIndex = 0
  to.focus()
}
