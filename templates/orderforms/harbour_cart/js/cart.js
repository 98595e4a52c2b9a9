/* The live price of the configuration form, the way to another category, and which half of the checkout is shown. */
(function () {
    'use strict';

    var form = document.getElementById('frmConfigureProduct');
    if (form && window.fetch) {
        var box = document.getElementById('producttotal');
        var submit = document.getElementById('btnCompleteProductConfig');
        var waiting = null, latest = 0, cycle = (new FormData(form)).get('billingcycle');

        var refresh = function () {
            var mine = ++latest, data = new FormData(form);
            // Another cycle brings other prices and perhaps other choices: the whole page knows them.
            if (data.get('billingcycle') !== cycle) {
                var update = document.createElement('input');
                update.type = 'hidden';
                update.name = 'update';
                update.value = '1';
                form.appendChild(update);
                form.noValidate = true;
                form.submit();
                return;
            }
            box.classList.add('is-loading');
            fetch(form.dataset.priceUrl, {method: 'POST', body: data, credentials: 'same-origin', headers: {'Accept': 'application/json'}})
                .then(function (answer) { return answer.json(); })
                .then(function (price) {
                    if (mine !== latest) { return; }
                    box.classList.remove('is-loading');
                    if (price.ok) {
                        box.innerHTML = price.html;
                    } else {
                        box.innerHTML = '';
                        price.errors.forEach(function (text) {
                            var line = document.createElement('p');
                            line.className = 'summary-problem';
                            line.textContent = text;
                            box.appendChild(line);
                        });
                    }
                    submit.disabled = !price.ok;
                })
                .catch(function () { if (mine === latest) { box.classList.remove('is-loading'); submit.disabled = false; } });
        };
        var soon = function () { clearTimeout(waiting); waiting = setTimeout(refresh, 180); };
        form.addEventListener('input', soon);
        form.addEventListener('change', soon);
    }

    // What an addon asks for is asked while the addon is chosen; without scripts it is always shown.
    document.querySelectorAll('.addon-fields').forEach(function (box) {
        var choice = document.getElementById(box.dataset.addon);
        if (!choice) { return; }
        var follow = function () { box.hidden = choice.type === 'checkbox' ? !choice.checked : !(Number(choice.value) > 0); };
        choice.addEventListener('input', follow);
        choice.addEventListener('change', follow);
        follow();
    });

    document.querySelectorAll('select[data-go]').forEach(function (select) {
        select.addEventListener('change', function () { if (select.value) { window.location = select.value; } });
    });

    var kinds = document.querySelectorAll('input[name="custtype"]');
    var halves = {existing: document.getElementById('containerExistingUserSignin'), 'new': document.getElementById('containerNewUserSignup')};
    var showHalf = function () {
        kinds.forEach(function (kind) { halves[kind.value].hidden = !kind.checked; });
    };
    if (kinds.length && halves.existing && halves['new']) {
        kinds.forEach(function (kind) { kind.addEventListener('change', showHalf); });
        showHalf();
    }
}());
