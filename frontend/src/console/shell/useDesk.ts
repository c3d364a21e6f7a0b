import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Which of the things that lie over the desk is open. */
export const useDesk = defineStore('desk', () => {
  const drawer = ref(false)
  const palette = ref(false)
  const keySheet = ref(false)
  const newTicket = ref(false)
  return { drawer, palette, keySheet, newTicket }
})
