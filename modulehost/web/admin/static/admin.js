// What the admin pages do more comfortably with JavaScript. Everything works without it, too.
(function () {
  "use strict";

  function each(selector, f) { document.querySelectorAll(selector).forEach(f); }

  // Menus: one open at a time; a click elsewhere or Escape closes.
  each(".nav details", function (one) {
    one.addEventListener("toggle", function () {
      if (one.open) { each(".nav details[open]", function (other) { if (other !== one) { other.open = false; } }); }
    });
  });
  document.addEventListener("click", function (event) {
    if (!event.target.closest(".nav details")) { each(".nav details[open]", function (one) { one.open = false; }); }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { each(".nav details[open]", function (one) { one.open = false; }); }
  });

  // Links such as configproducts.php?action=edit&id=1#tab=3: the server never sees what follows the hash.
  var wanted = /^#tab=(\d+)$/.exec(location.hash), tabs = document.querySelector(".tabs[data-tab]");
  if (wanted && tabs && tabs.dataset.tab !== wanted[1]) {
    var link = tabs.querySelector('[data-tab="' + wanted[1] + '"]');
    if (link) { location.replace(link.href); }
  }

  // On a phone the row of tabs is longer than the screen: show the one that is open.
  each(".tabs .here", function (tab) { tab.parentNode.scrollLeft = tab.offsetLeft - tab.parentNode.offsetLeft - 40; });

  // Selects that show another form at once.
  each("[data-autosubmit]", function (field) {
    field.addEventListener("change", function () { leaving = true; field.form.submit(); });
  });

  // Unsaved changes are not lost by accident.
  var dirty = false, leaving = false;
  each("form[data-guard]", function (form) {
    form.addEventListener("input", function () { dirty = true; });
  });
  document.addEventListener("submit", function () { leaving = true; });
  window.addEventListener("beforeunload", function (event) {
    if (dirty && !leaving) { event.preventDefault(); }
  });

  // A form that asks before it is sent. The server asks on a page of its own when `confirmed` is missing.
  var ask = document.getElementById("ask"), asking = null;
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.dataset || !form.dataset.confirm || form.querySelector("input[name=confirmed]")) { return; }
    if (!ask || !ask.showModal) { return; }
    event.preventDefault();
    leaving = false;
    asking = form;
    ask.querySelector(".dialog-head").textContent = form.dataset.title || "Please confirm";
    ask.querySelector(".dialog-body").textContent = form.dataset.confirm;
    ask.showModal();
  });
  if (ask) {
    ask.addEventListener("close", function () {
      var form = asking;
      asking = null;
      if (form && ask.returnValue === "yes") {
        var input = document.createElement("input");
        input.type = "hidden"; input.name = "confirmed"; input.value = "1";
        form.appendChild(input);
        leaving = true;
        form.submit();
      }
      ask.returnValue = "";
    });
  }

  // Module commands: the link leads to a confirmation page, here it opens a dialog.
  each("[data-command]", function (link) {
    link.addEventListener("click", function (event) {
      var dialog = document.getElementById("module-command");
      if (!dialog || !dialog.showModal) { return; }
      event.preventDefault();
      dialog.querySelector("[name=modop]").value = link.dataset.command;
      dialog.querySelector("[name=ac]").value = link.dataset.ac || "";
      dialog.querySelector("[data-slot=label]").textContent = link.textContent.trim();
      var own = dialog.querySelector("[data-slot=suspend]");
      if (own) { own.hidden = link.dataset.command !== "suspend"; }
      dialog.showModal();
    });
  });
  each("dialog [data-close]", function (button) {
    button.addEventListener("click", function (event) { event.preventDefault(); button.closest("dialog").close(); });
  });
  each("dialog form[data-once]", function (form) {
    form.addEventListener("submit", function () {
      form.querySelectorAll("button").forEach(function (b) { setTimeout(function () { b.disabled = true; }, 0); });
    });
  });

  // Windows of their own; a browser that forbids them follows the link.
  each("a[data-popup]", function (link) {
    link.addEventListener("click", function (event) {
      var opened = window.open(link.href, link.dataset.popup || "_blank", "width=980,height=720,scrollbars=yes,resizable=yes");
      if (opened) { event.preventDefault(); opened.focus(); }
    });
  });
  each("[data-close-window]", function (link) {
    link.addEventListener("click", function (event) {
      if (window.opener && !window.opener.closed) {
        event.preventDefault();
        window.opener.location.reload();
        window.close();
      }
    });
  });
  each("[data-refresh-opener]", function () {
    if (window.opener && !window.opener.closed) {
      try { window.opener.location.reload(); } catch (error) { /* another site opened this window */ }
    }
  });

  // Secrets: shown on request, selected as a whole so that pasting replaces the mask.
  each("[data-reveal]", function (button) {
    button.addEventListener("click", function () {
      var field = document.getElementById(button.dataset.reveal), hidden = field.type === "password";
      field.type = hidden ? "text" : "password";
      button.setAttribute("aria-pressed", hidden ? "true" : "false");
      button.querySelector("i").className = hidden ? "fa-regular fa-eye-slash" : "fa-regular fa-eye";
    });
  });
  each("input[data-masked]", function (field) {
    field.addEventListener("focus", function () { field.select(); });
  });
  each("[data-copy]", function (button) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value).then(function () {
        button.querySelector("i").className = "fa-solid fa-check";
      });
    });
  });

  // Test Connection, without leaving the form.
  each("[data-test-connection]", function (button) {
    button.addEventListener("click", function (event) {
      event.preventDefault();
      var out = document.getElementById("test-result"), data = new FormData(button.form);
      data.set("action", "testconnection");
      data.set("ajax", "1");
      button.disabled = true;
      out.className = "banner";
      out.textContent = "Connecting…";
      out.hidden = false;
      fetch(button.formAction || button.form.action, { method: "POST", body: data, credentials: "same-origin" })
        .then(function (r) { return r.json(); })
        .then(function (r) { out.className = "banner " + (r.success ? "success" : "error"); out.textContent = r.message; })
        .catch(function (error) { out.className = "banner error"; out.textContent = "No answer from this host: " + error; })
        .then(function () { button.disabled = false; });
    });
  });

  // Payment type: only the prices that count are shown.
  each("[data-paytype]", function (box) {
    function show() {
      var chosen = box.querySelector("input[type=radio]:checked"), kind = chosen ? chosen.value : "free";
      if (["free", "onetime", "recurring"].indexOf(kind) < 0) kind = "onetime";  // one that names its only cycle
      each("[data-when]", function (one) { one.hidden = one.dataset.when.split(" ").indexOf(kind) < 0; });
    }
    box.addEventListener("change", show);
    show();
  });

  // The module and Use SSL decide which port an empty field means.
  each("[data-ports]", function (box) {
    var source = document.querySelector("[data-port-source]");
    function show() {
      var chosen = source && source.selectedOptions[0], from = chosen && chosen.dataset.plain !== undefined ? chosen : box;
      document.getElementById("port").placeholder = (box.checked ? from.dataset.ssl : from.dataset.plain) || "";
    }
    box.addEventListener("change", show);
    if (source) { source.addEventListener("change", show); }
    show();
  });

  // Tick all.
  each("[data-tick-all]", function (box) {
    box.addEventListener("click", function (event) {
      event.preventDefault();
      var boxes = document.querySelectorAll(box.dataset.tickAll), all = Array.prototype.every.call(boxes, function (b) { return b.checked; });
      boxes.forEach(function (b) { b.checked = !all; });
    });
  });

  // While the clock is under way the page asks how far it is, and draws itself anew when it has arrived.
  var journey = document.querySelector("[data-clock-journey='1']");
  function asking_for_progress() {
    fetch("/admin/clock.php?progress=1", { credentials: "same-origin" })
      .then(function (r) { return r.json(); })
      .then(function (clock) {
        if (!clock.journey || clock.journey.state !== "running") { location.reload(); return; }
        journey.querySelector("[data-clock-now]").textContent = clock.now;
        journey.querySelector("[data-clock-done]").textContent = clock.journey.done;
        journey.querySelector("[data-clock-said]").textContent = clock.journey.said;
        journey.querySelector("progress").value = clock.journey.done;
        setTimeout(asking_for_progress, 700);
      })
      .catch(function () { setTimeout(asking_for_progress, 3000); });  // the host may be starting anew
  }
  if (journey) { setTimeout(asking_for_progress, 400); }
})();
