// A new tab is the browser's business, and so is another page: Streamlit would make two steps back of one step there.
// A plain click on a link to the same page changes what it shows.
function followLinks(root, setTriggerValue) {
  root.onclick = (event) => {
    const link = event.target.closest("a[href]")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    if (new URL(link.href, location.href).pathname !== location.pathname) return
    event.preventDefault()
    setTriggerValue("followed", link.getAttribute("href"))
  }
}
