export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  const said = parentElement.querySelector("[aria-live]")
  button.textContent = data.label

  button.onclick = async () => {
    const text = data.text === null ? location.href : data.text.replaceAll("{origin}", location.origin)
    const copied = await copy(text)
    if (!copied) return window.prompt(data.label, text)
    button.style.minWidth = `${button.offsetWidth}px`
    button.textContent = said.textContent = "Copied"
    clearTimeout(button.undo)
    button.undo = setTimeout(() => {
      button.textContent = data.label
      said.textContent = ""
    }, 2000)
  }
}

async function copy(text) {
  // Browsers offer the clipboard only to https and localhost; elsewhere the old way still works.
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      return copyBySelection(text)
    }
  }
  return copyBySelection(text)
}

function copyBySelection(text) {
  const before = document.activeElement
  const area = document.createElement("textarea")
  area.value = text
  area.style.position = "fixed"
  area.style.opacity = "0"
  document.body.append(area)
  area.select()
  const copied = document.execCommand("copy")
  area.remove()
  before?.focus()
  return copied
}
