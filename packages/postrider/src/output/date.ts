/** A moment for people, in their own time zone: `2026-11-24 09:00`. */
export function formatDate(date: Date): string {
  const [year, ...rest] = [
    date.getFullYear(),
    date.getMonth() + 1,
    date.getDate(),
    date.getHours(),
    date.getMinutes(),
  ];
  const [month, day, hour, minute] = rest.map((part) => String(part).padStart(2, '0'));
  return `${String(year).padStart(4, '0')}-${month}-${day} ${hour}:${minute}`;
}

/** As {@link formatDate}, with the offset from UTC: `2026-11-24 09:00 +0100`. */
export function formatDateWithOffset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  const digits = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0')).join('');
  return `${formatDate(date)} ${minutes < 0 ? '-' : '+'}${digits}`;
}
