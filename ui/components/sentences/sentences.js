export default function ({ data, parentElement }) {
  const list = parentElement.querySelector("ul")
  list.setAttribute("aria-label", data.label)
  list.replaceChildren(...data.said.map(([text, address]) => {
    const item = document.createElement("li")
    item.append(text)
    if (address) {
      const link = document.createElement("a")
      link.href = address
      link.textContent = "Show them"
      item.append(" ", link)
    }
    return item
  }))
}
