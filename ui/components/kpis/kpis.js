const WIDTH = 120
const HEIGHT = 28

export default function ({ data, parentElement }) {
  const list = parentElement.querySelector("ul")
  list.setAttribute("aria-label", data.label)
  const content = JSON.stringify(data)
  if (list.dataset.content !== content) {
    list.dataset.content = content
    list.replaceChildren(...data.cards.map(card))
  }
}

function card({ label, value, help, change, tone, against, note, verdict, sparkline, address }) {
  const body = element(address ? "a" : "div", "card")
  if (address) body.href = address
  body.title = help
  const figures = element("span", "figures")
  figures.append(element("span", "value", value))
  body.append(element("span", "label", label), figures)
  if (change !== null) {
    const differs = element("span", `change ${tone}`, change)
    differs.append(element("span", "spoken", ` against ${against}`))
    figures.append(differs)
  }
  const said = [note, verdict].filter((one) => one !== null)
  if (said.length) body.append(element("span", "note", said.join(", ")))
  if (sparkline.filter((one) => one !== null).length > 1) body.append(line(sparkline))
  const item = element("li")
  item.append(body)
  return item
}

// Decoration: the trend's own chart and table say the same in full.
function line(sparkline) {
  const values = sparkline.filter((one) => one !== null)
  const top = Math.max(...values, 0)
  const bottom = Math.min(...values, 0)
  const x = (place) => sparkline.length < 2 ? WIDTH / 2 : place / (sparkline.length - 1) * WIDTH
  const y = (one) => top === bottom ? HEIGHT - 1 : HEIGHT - 2 - (one - bottom) / (top - bottom) * (HEIGHT - 4)
  let path = ""
  sparkline.forEach((one, place) => {
    if (one === null) return
    const alone = sparkline[place - 1] === undefined || sparkline[place - 1] === null
    path += `${alone ? "M" : "L"}${x(place).toFixed(1)} ${y(one).toFixed(1)}`
    if (alone && (sparkline[place + 1] === undefined || sparkline[place + 1] === null)) path += "h0.01"
  })
  const svg = svgElement("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" })
  svg.append(svgElement("path", { d: path }))
  return svg
}

function svgElement(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

function element(tag, kind, text) {
  const made = document.createElement(tag)
  if (kind) made.className = kind
  if (text) made.textContent = text
  return made
}
