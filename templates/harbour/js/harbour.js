/* Harbour: small conveniences. Every page works without them. */
(function () {
    'use strict';

    var all = function (query, root) { return Array.prototype.slice.call((root || document).querySelectorAll(query)); };
    document.documentElement.classList.add('has-js');

    all('select[data-autosubmit]').forEach(function (select) {
        select.addEventListener('change', function () { select.form.submit(); });
    });

    all('[data-confirm]').forEach(function (button) {
        button.addEventListener('click', function (event) {
            if (!window.confirm(button.dataset.confirm)) { event.preventDefault(); }
        });
    });

    all('[data-autosubmit-form] form').forEach(function (form) { form.submit(); });

    /* Links of the sidebar that show a tab of this page. */
    var tabs = all('.tab-pane');
    var showTab = function (hash) {
        var wanted = tabs.filter(function (tab) { return '#' + tab.id === hash; })[0];
        if (!wanted) { return; }
        tabs.forEach(function (tab) {
            tab.classList.toggle('active', tab === wanted);
            tab.classList.toggle('show', tab === wanted);
        });
        all('[data-tab-link]').forEach(function (link) { link.classList.toggle('active', link.hash === hash); });
    };
    if (tabs.length) {
        document.addEventListener('click', function (event) {
            var link = event.target.closest ? event.target.closest('[data-tab-link]') : null;
            if (link && link.hash && !link.classList.contains('disabled')) {
                event.preventDefault();
                showTab(link.hash);
                window.history.replaceState(null, '', link.hash);
            }
        });
        showTab(window.location.hash);
    }

    /* Links that change something become forms that carry the session's token. */
    document.addEventListener('click', function (event) {
        var link = event.target.closest ? event.target.closest('a[href*="modop=custom"]') : null;
        if (!link || link.origin !== window.location.origin || !/\/clientarea\.php$/.test(link.pathname)) { return; }
        event.preventDefault();
        if (link.dataset.sent) { return; }
        link.dataset.sent = '1';
        var form = document.createElement('form');
        form.method = 'post';
        form.action = link.pathname;
        var add = function (name, value) {
            var input = document.createElement('input');
            input.type = 'hidden';
            input.name = name;
            input.value = value;
            form.appendChild(input);
        };
        new URLSearchParams(link.search).forEach(function (value, name) { add(name, value); });
        add('token', window.csrfToken);
        document.body.appendChild(form);
        form.submit();
    });

    /* Lists: search and sort in the page. */
    all('[data-list-tools]').forEach(function (tools) {
        var table = document.querySelector(tools.dataset.listTools);
        if (!table) { return; }
        var body = table.tBodies[0], rows = all('tr', body), input = tools.querySelector('input');
        if (rows.length < 6) { tools.classList.add('is-idle'); }
        if (input) {
            input.addEventListener('input', function () {
                var wanted = input.value.trim().toLowerCase();
                rows.forEach(function (row) { row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0; });
            });
        }
        all('th[data-sort]', table).forEach(function (head) {
            var place = head.cellIndex, button = document.createElement('button');
            button.type = 'button';
            while (head.firstChild) { button.appendChild(head.firstChild); }
            head.appendChild(button);
            button.addEventListener('click', function () {
                var down = head.getAttribute('aria-sort') === 'ascending';
                all('th', table).forEach(function (other) { other.removeAttribute('aria-sort'); });
                head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
                var key = function (row) {
                    var cell = row.cells[place], value = cell.dataset.value || cell.textContent.trim();
                    return head.dataset.sort === 'number' ? parseFloat(value) || 0 : value.toLowerCase();
                };
                rows.sort(function (a, b) {
                    var x = key(a), y = key(b);
                    return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
                }).forEach(function (row) { body.appendChild(row); });
            });
        });
    });

    /* How strong a new password is: a hint, the server decides. */
    all('[data-strength-of]').forEach(function (box) {
        var field = document.getElementById(box.dataset.strengthOf);
        if (!field) { return; }
        var bar = box.querySelector('.pw-bar'), fill = bar.firstElementChild, text = box.querySelector('small');
        field.addEventListener('input', function () {
            var value = field.value, kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter(function (kind) { return kind.test(value); }).length;
            var points = Math.min(100, value.length * 5 + kinds * 10 - (value.length < 8 ? 20 : 0));
            var strong = points >= 80, fair = points >= 55;
            box.hidden = !value;
            fill.style.width = Math.max(8, points) + '%';
            bar.classList.toggle('is-strong', strong);
            bar.classList.toggle('is-fair', fair && !strong);
            text.textContent = strong ? box.dataset.strong : fair ? box.dataset.fair : box.dataset.weak;
        });
    });
}());
