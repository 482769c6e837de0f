/* The place where a file is dropped says to be nothing, and yet has a name and can have the focus: it is a group. */
export default function () {
    const name = () => document.querySelector("[data-testid=stFileUploaderDropzone][role=presentation]")?.setAttribute("role", "group")
    const watcher = new MutationObserver(name)
    watcher.observe(document.body, { childList: true, subtree: true })
    name()
    return () => watcher.disconnect()
}
