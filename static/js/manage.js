// On a phone the menu of the organizers' pages is one long line: the page one is on comes in sight.
const nav = document.querySelector(".manage-nav");
const current = nav?.querySelector("[aria-current]");
if (current) nav.scrollLeft = current.offsetLeft - (nav.clientWidth - current.offsetWidth) / 2;
