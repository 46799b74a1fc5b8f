// Sets what only the browser can: the document's language and the cookie that finds this visitor again; draws nothing.
export default function ({ data }) {
  document.documentElement.lang = data.language
  document.documentElement.translate = false
  document.cookie = `${data.cookie}=${data.visitor}; path=/; max-age=${data.seconds}; SameSite=Strict`
}
