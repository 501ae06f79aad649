/** The formats of speech, and what each is good for. */

export const FORMATS = [
  { id: 'mp3', use: 'plays everywhere' },
  { id: 'opus', use: 'smallest; for the web and chats' },
  { id: 'aac', use: 'for Apple devices and video' },
  { id: 'flac', use: 'lossless, half as large as wav' },
  { id: 'wav', use: 'lossless; for editing' },
  { id: 'pcm', use: 'bare samples for programs: 24 kHz, 16 bit, mono' },
  { id: 'srt', use: 'captions for players and editors', captions: true },
  { id: 'vtt', use: 'captions for the web', captions: true },
];

/** The end of a file's name. @param {string} format */
export const extensionOf = (format) => (format === 'opus' ? 'ogg' : format);
