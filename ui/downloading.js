export default function ({ data, parentElement }) {
  const link = parentElement.querySelector("a")
  const held = data.text && URL.createObjectURL(new Blob([data.text], { type: "text/csv" }))
  link.textContent = data.label
  link.href = held || data.address
  // With a name for the file, a refusal is a failed download; without it the refusal would replace the page.
  link.download = data.fileName
  return () => held && URL.revokeObjectURL(held)
}
