// Once the session has ended, the server refuses to take the page up again. Loading the page anew then leads to the sign-in page, and from
// there back here; left alone, Streamlit would ask without end.
const PATIENCE_MS = 2000
let asking = false

export default function () {
  // Once for as long as the document is open: every page draws this again.
  if (document.watchesSession) return
  document.watchesSession = true
  new MutationObserver(look).observe(document.body, { subtree: true, attributeFilter: ["data-test-connection-state"] })
}

async function look() {
  if (asking) return
  asking = true
  while (document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState !== "CONNECTED") {
    // A server that does not answer at all may be starting.
    const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null)
    if (answer?.status === 401 || answer?.status === 403) return location.reload()
    await new Promise((after) => setTimeout(after, PATIENCE_MS))
  }
  asking = false
}
