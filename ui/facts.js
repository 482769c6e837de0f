export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.querySelector("dl").replaceChildren(...data.flatMap(({ label, text, id, colour, link, address }) => {
    const value = element("dd")
    if (text !== null) value.append(element("span", text, colour ? "chip" : ""))
    if (id !== null) value.append(element("span", id, "id"))
    if (text === null && id === null) value.append("–")
    if (colour) value.firstChild.style.setProperty("--type-colour", colour)
    if (link) value.append(anchor(link, address, setTriggerValue))
    return [element("dt", label), value]
  }))
}

function anchor(text, address, setTriggerValue) {
  const made = element("a", text)
  made.href = address
  made.onclick = (event) => {
    // A new tab is the browser's business; a plain click stays on this page and changes what it shows.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    setTriggerValue("followed", address)
  }
  return made
}

function element(tag, text, kind) {
  const made = document.createElement(tag)
  if (text) made.textContent = text
  if (kind) made.className = kind
  return made
}
