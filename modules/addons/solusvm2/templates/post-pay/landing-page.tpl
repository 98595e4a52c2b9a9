{* Cloud Hosting: copy this file to templates/<theme>/modules/addons/solusvm2/post-pay/landing-page.tpl to change it. *}
{if $error}<div class="alert alert-danger" role="alert">{$error|escape}</div>{/if}
{if $notice}<div class="alert alert-success" role="status">{$notice|escape}</div>{/if}
{if $state == 'ready'}
    {if $status == 'locked' && $mode == 'prepay'}<div class="alert alert-warning"><p>{$words.empty|escape}</p><a class="btn btn-light" href="{$WEB_ROOT}/clientarea.php?action=addfunds">{$words.topup|escape}</a></div>
    {elseif $status == 'locked'}<div class="alert alert-warning"><p>{$words.locked|escape}</p><a class="btn btn-light" href="{$WEB_ROOT}/clientarea.php?action=invoices">{$words.payinvoices|escape}</a></div>{/if}
    {if $status == 'suspended'}<div class="alert alert-danger"><p>{$words.suspended|escape}</p><a class="btn btn-light" href="{$WEB_ROOT}/clientarea.php?action=invoices">{$words.payinvoices|escape}</a></div>{/if}
    <section class="card"><div class="card-body">
        <h2>{$words.ready|escape}</h2>
        <p>{$words.readytext|escape}</p>
        <p class="text-muted">{$words.servers|escape}: {$servers|escape}{if $mode == 'prepay'} · {$words.balance|escape}: <span class="money">{$balance|escape}</span>{/if}</p>
        <form method="post" action="{$WEB_ROOT}/{$link|escape}">
            <input type="hidden" name="token" value="{$token}">
            <button name="action" value="login" class="btn btn-primary btn-lg"><i class="fas fa-sign-in-alt" aria-hidden="true"></i> {$words.login|escape}</button>
            {if $mode == 'prepay'}<a class="btn btn-light btn-lg" href="{$WEB_ROOT}/clientarea.php?action=addfunds">{$words.topup|escape}</a>{/if}
        </form>
    </div></section>
    <h2 class="section-title">{$words.usedmonths|escape}</h2>
    {if $months}
    <section class="card list-card"><div class="table-responsive"><table class="table list-table">
        <thead><tr><th>{$words.month|escape}</th><th class="text-right">{$words.tokens|escape}</th><th class="text-right">{if $mode == 'prepay'}{$words.drawn|escape}{else}{$words.amount|escape}{/if}</th>{if $mode != 'prepay'}<th>{$words.invoice|escape}</th>{/if}</tr></thead>
        <tbody>{foreach $months as $one}<tr><td data-label="{$words.month|escape}">{$one.month|escape}</td><td class="text-right money" data-label="{$words.tokens|escape}">{$one.tokens|escape}</td><td class="text-right money" data-label="{if $mode == 'prepay'}{$words.drawn|escape}{else}{$words.amount|escape}{/if}">{$one.amount|escape}</td>
            {if $mode != 'prepay'}<td data-label="{$words.invoice|escape}">{if $one.invoice}<a href="{$WEB_ROOT}/viewinvoice.php?id={$one.invoice|escape}">#{$one.invoice|escape}</a>{else}–{/if}</td>{/if}</tr>{/foreach}</tbody>
    </table></div></section>
    {else}<p class="text-muted">{$words.nousage|escape}</p>{/if}
{elseif $state == 'unconfirmed'}
    <section class="card narrow"><div class="card-body">
        <h2>{$words.checkmail|escape}</h2><p>{$text|escape}</p>
        <form method="post" action="{$WEB_ROOT}/{$link|escape}"><input type="hidden" name="token" value="{$token}">
            <button name="action" value="resend" class="btn btn-light">{$words.sendagain|escape}</button></form>
    </div></section>
{elseif $state == 'accept'}
    <section class="card medium"><div class="card-body">
        <h2>{$words.accept|escape}</h2><p>{$words.accepttext|escape}</p>
        <form method="post" action="{$WEB_ROOT}/{$link|escape}">
            <input type="hidden" name="token" value="{$token}"><input type="hidden" name="action" value="accept">
            {if count($modes) > 1}<fieldset class="form-group"><legend class="h6">{$words.choosemode|escape}</legend>
                <label><input type="radio" name="mode" value="postpay" checked> {$words.postpaymode|escape}</label><br>
                <label><input type="radio" name="mode" value="prepay"> {$words.prepaymode|escape}</label></fieldset>{/if}
            <div class="form-group"><label><input type="checkbox" name="general" value="on" required> {$words.generalterms|escape}</label>{if $general} <a href="{$general|escape}" target="_blank" rel="noopener">{$words.read|escape}</a>{/if}</div>
            {if $terms}<div class="form-group"><label><input type="checkbox" name="postpay" value="on"{if count($modes) == 1} required{/if}> {$words.postpayterms|escape}</label> <a href="{$terms|escape}" target="_blank" rel="noopener">{$words.read|escape}</a></div>{/if}
            <button class="btn btn-primary">{$words.start|escape}</button>
        </form>
    </div></section>
{else}
    <div class="page-title"><h2>{$words.headline|escape}</h2><p>{$words.pitch|escape}</p></div>
    <div class="row">
        {foreach [1, 2, 3] as $n}
        <div class="col-md-4"><section class="card"><div class="card-body"><h2 class="h5">{$words["point$n"]|escape}</h2><p class="mb-0">{$words["point{$n}text"]|escape}</p></div></section></div>
        {/foreach}
    </div>
    <form method="post" action="{$WEB_ROOT}/{$link|escape}" class="card form-card medium" id="signup">
        <input type="hidden" name="token" value="{$token}"><input type="hidden" name="action" value="register">
        <div class="card-body">
            <h2>{$words.signup|escape}</h2>
            <p>{$words.haveaccount|escape} <a href="{$WEB_ROOT}/login?goto=/{$link|escape:'url'}">{$words.signin|escape}</a></p>
            {if $wrong}<div class="alert alert-danger" role="alert"><ul class="mb-0">{foreach $wrong as $one}<li>{$one|escape}</li>{/foreach}</ul></div>{/if}
            <div class="form-row">
                {foreach ['firstname' => 'given-name', 'lastname' => 'family-name', 'companyname' => 'organization', 'email' => 'email', 'phonenumber' => 'tel', 'address1' => 'address-line1', 'city' => 'address-level2', 'state' => 'address-level1', 'postcode' => 'postal-code'] as $name => $fill}
                {$label = ['firstname' => 'firstname', 'lastname' => 'lastname', 'companyname' => 'company', 'email' => 'email', 'phonenumber' => 'phone', 'address1' => 'address', 'city' => 'city', 'state' => 'state', 'postcode' => 'postcode']}
                <div class="form-group {if $name == 'address1'}col-12{else}col-sm-6{/if}">
                    <label for="s2{$name}">{$words[$label[$name]]|escape}{if $name == 'companyname'} <span class="opt">{$words.optional|escape}</span>{/if}</label>
                    <input class="form-control" id="s2{$name}" name="{$name}" value="{$form[$name]|escape}" autocomplete="{$fill}"{if $name == 'email'} type="email"{else} type="text"{/if}{if $name != 'companyname'} required{/if}>
                </div>
                {/foreach}
                <div class="form-group col-sm-6"><label for="s2country">{$words.country|escape}</label>
                    <select class="custom-select" id="s2country" name="country" autocomplete="country">{foreach $countries as $code => $name}<option value="{$code|escape}"{if $code == $form.country} selected{/if}>{$name|escape}</option>{/foreach}</select></div>
                {if count($currencies) > 1}
                <div class="form-group col-sm-6"><label for="s2currency">{$words.currency|escape}</label>
                    <select class="custom-select" id="s2currency" name="currency">{foreach $currencies as $one}<option value="{$one.id|escape}"{if $one.id == $form.currency} selected{/if}>{$one.code|escape}</option>{/foreach}</select></div>
                {/if}
            </div>
            <div class="form-row">
                <div class="form-group col-sm-6"><label for="s2password">{$words.password|escape}</label><input type="password" class="form-control" id="s2password" name="password" autocomplete="new-password" required></div>
                <div class="form-group col-sm-6"><label for="s2password2">{$words.passwordagain|escape}</label><input type="password" class="form-control" id="s2password2" name="password2" autocomplete="new-password" required></div>
            </div>
            <button class="btn btn-primary btn-block-sm">{$words.register|escape}</button>
        </div>
    </form>
{/if}
