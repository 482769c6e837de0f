export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  button.textContent = data.label
  button.onclick = () => {
    document.querySelector(`.st-key-${data.opens}`).id = data.opens
    button.setAttribute("aria-controls", data.opens)
    button.ariaExpanded = String(button.ariaExpanded !== "true")
  }
}
