export default function ({ data, parentElement }) {
  const { days, shades, texts, label } = data
  const table = parentElement.querySelector("table")
  table.setAttribute("aria-label", label)
  parentElement.querySelector(".scroll").setAttribute("aria-label", label)
  const hours = shades[0].map((_, hour) => heading("col", String(hour), `${hour}:00 to ${hour + 1}:00`))
  table.tHead.replaceChildren(row(element("td"), ...hours))
  table.tHead.rows[0].cells[0].className = "none"
  table.tBodies[0].replaceChildren(...days.map((day, place) => row(
    heading("row", day.slice(0, 3), day),
    ...shades[place].map((shade, hour) => cell(shade, texts[place][hour], `${day} ${hour}:00 to ${hour + 1}:00: ${texts[place][hour]}`)),
  )))
}

function cell(shade, text, title) {
  const made = element("td", text)
  made.title = title
  if (shade === null) made.className = "none"
  else made.style.setProperty("--shade", shade)
  return made
}

function heading(scope, text, title) {
  const made = element("th", text)
  made.scope = scope
  made.title = title
  return made
}

function row(...cells) {
  const made = element("tr")
  made.append(...cells)
  return made
}

function element(tag, text) {
  const made = document.createElement(tag)
  if (text) made.textContent = text
  return made
}
