// A button that reads one file of the visitor's and sends it; knows nothing of what is in it.
export default function ({ data, parentElement, setTriggerValue }) {
  const field = parentElement.querySelector("input")
  const button = parentElement.querySelector("button")
  button.textContent = data.label
  field.accept = data.accept
  button.onclick = () => field.click()
  field.onchange = () => {
    const file = field.files[0]
    if (!file) return
    const reader = new FileReader()
    const number = Date.now()
    if (file.size > data.bytes) {
      setTriggerValue("picked", { number, bytes: file.size, content: null })
    } else {
      reader.onload = () => setTriggerValue("picked", { number, bytes: file.size, content: reader.result.split(",")[1] ?? "" })
      reader.readAsDataURL(file)
    }
    field.value = ""
  }
}
