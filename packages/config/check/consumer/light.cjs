require('@bouncy/core')

if (process.moduleLoadList.includes('NativeModule crypto')) throw new Error('@bouncy/core loads node:crypto')
