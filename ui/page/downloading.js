export default function ({ data, parentElement }) {
  const link = parentElement.querySelector("a")
  const held = data.text && URL.createObjectURL(new Blob([data.text], { type: "text/csv" }))
  link.textContent = data.label
  link.href = held || data.address
  // With a name for the file, a refusal is a failed download; without it the refusal would replace the page.
  link.download = data.fileName
  // A download that is refused says nothing. Once the session has ended, the page itself leads to the sign-in page.
  link.onclick = held ? null : async () => {
    const answer = await fetch(link.href, { method: "HEAD" }).catch(() => null)
    if (answer?.status === 401 || answer?.status === 403) location.reload()
  }
  return () => held && URL.revokeObjectURL(held)
}
