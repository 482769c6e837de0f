export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.querySelector(".place").textContent = data.place
  for (const button of parentElement.querySelectorAll("button")) {
    const leads = data.moves.includes(button.dataset.move)
    // Not `disabled`: the button under the focus would lose it, and a person at the keyboard their place.
    button.setAttribute("aria-disabled", String(!leads))
    button.onclick = () => leads && setTriggerValue("moved", button.dataset.move)
  }
}
