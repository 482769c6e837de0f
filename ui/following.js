// A new tab is the browser's business; a plain click stays in this window and changes what it shows.
function followLinks(root, setTriggerValue) {
  root.onclick = (event) => {
    const link = event.target.closest("a[href]")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    setTriggerValue("followed", link.getAttribute("href"))
  }
}
