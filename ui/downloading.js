export default function ({ data, parentElement }) {
  const link = parentElement.querySelector("a")
  link.textContent = data.label
  link.href = data.address
  // With a name for the file, a refusal is a failed download; without it the refusal would replace the page.
  link.download = data.fileName
}
