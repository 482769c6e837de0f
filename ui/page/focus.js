// What had the focus may be gone, or lead nowhere any more, once the page has answered: a list that was closed, a filter that was
// removed. The focus then goes to what stood nearest, so that a person at the keyboard keeps the place.
const USABLE = "a[href], button, input, select, textarea, summary, [tabindex]"
let stood = null
let opener = null

export default function () {
  // Once for as long as the document is open: a page that goes would else take it from the page that comes.
  if (document.keepsFocus) return
  document.keepsFocus = true
  document.addEventListener("focusin", remember)
  new MutationObserver(() => requestAnimationFrame(() => enterMenu() || keep()))
    .observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled", "data-test-script-state"] })
}

// A menu stands at the end of the page's tree, far from the button that opens it.
function enterMenu() {
  const menu = document.querySelector("[data-testid=stPopoverBody]")
  if (!menu && opener) {
    if (focused() === document.body) opener.focus()
    opener = null
    return true
  }
  const first = menu && !opener && focused().matches("[data-testid=stPopoverButton]:focus-visible") && usable(menu)[0]
  if (!first) return false
  opener = focused()
  first.focus()
  return true
}

function remember() {
  // Who clicks or taps has no place to keep, and would be given an input's keyboard on a telephone.
  if (!focused().matches(":focus-visible")) return stood = null
  const all = usable(document.body)
  stood = { all, place: all.indexOf(focused()) }
}

function keep() {
  // While the page is still being answered, what is gone may come back.
  const isAnswered = document.querySelector("[data-test-script-state=notRunning]")
  if (!stood || stood.place < 0 || !isAnswered || isUsable(stood.all[stood.place]) || focused() !== document.body) return
  const { all, place } = stood
  stood = null
  const distance = (element) => Math.abs(all.indexOf(element) - place)
  // Of two as near, the later one: it stands where the one that is gone stood.
  const [nearest] = all.filter(isUsable).reverse().sort((one, other) => distance(one) - distance(other))
  nearest?.focus()
}

function focused() {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element
}

function usable(root) {
  return [...root.querySelectorAll("*")].flatMap((element) => [
    ...(element.matches(USABLE) && element.tabIndex >= 0 && isUsable(element) ? [element] : []),
    ...(element.shadowRoot ? usable(element.shadowRoot) : []),
  ])
}

function isUsable(element) {
  return element.isConnected && !element.disabled && element.checkVisibility({ visibilityProperty: true })
}
