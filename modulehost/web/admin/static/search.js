// The search field at the top shows what it finds while one types. Without JavaScript Enter leads to the page of results.
(function () {
  "use strict";
  var form = document.querySelector("form[data-search]"), field = form && form.querySelector("input[type=search]");
  if (!field || !window.fetch) { return; }

  var box = document.createElement("div"), timer = 0, asked = "", picked = -1, number = 0;
  box.className = "found-box found";
  box.id = "found-box";
  box.hidden = true;
  box.setAttribute("aria-live", "polite");
  form.appendChild(box);
  field.setAttribute("aria-controls", box.id);
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");

  function links() { return Array.prototype.slice.call(box.querySelectorAll("a[href]")); }

  function show(open) {
    box.hidden = !open;
    field.setAttribute("aria-expanded", open ? "true" : "false");
    if (!open) { pick(-1); }
  }

  function pick(place) {
    picked = place;
    field.removeAttribute("aria-activedescendant");
    links().forEach(function (link, n) {
      link.id = "found-" + n;
      link.classList.toggle("picked", n === place);
      if (n === place) {
        field.setAttribute("aria-activedescendant", link.id);
        link.scrollIntoView({ block: "nearest" });
      }
    });
  }

  function ask() {
    var text = field.value.trim();
    if (text === asked) { if (text) { show(true); } return; }
    asked = text;
    number += 1;
    var mine = number;
    if (text.length < 2 && !/^\d$/.test(text)) { show(false); return; }
    fetch(form.action + "?part=1&search=" + encodeURIComponent(text), { credentials: "same-origin" })
      .then(function (answer) { if (!answer.ok || answer.redirected) { throw new Error(answer.status); } return answer.text(); })
      .then(function (html) {
        if (mine !== number) { return; }  // an answer to what is no longer in the field
        box.innerHTML = html;
        pick(-1);
        show(true);
      })
      .catch(function () { if (mine === number) { asked = ""; show(false); } });
  }

  field.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(ask, 200); });
  field.addEventListener("focus", function () { if (asked && asked === field.value.trim() && box.innerHTML) { show(true); } });
  field.addEventListener("keydown", function (event) {
    var all = links();
    if (event.key === "Escape") {
      if (!box.hidden) { event.preventDefault(); }
      clearTimeout(timer);
      show(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && box.hidden) {
      ask();
    } else if (event.key === "ArrowDown" && all.length) {
      event.preventDefault();
      pick((picked + 1) % all.length);
    } else if (event.key === "ArrowUp" && all.length) {
      event.preventDefault();
      pick(picked <= 0 ? all.length - 1 : picked - 1);
    } else if (event.key === "Enter" && picked >= 0 && !box.hidden && all[picked]) {
      event.preventDefault();
      location.href = all[picked].href;
    }
  });
  document.addEventListener("click", function (event) { if (!form.contains(event.target)) { show(false); } });
  form.addEventListener("focusout", function (event) {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) { show(false); }
  });
})();
