{include file="orderforms/$carttpl/frame-open.tpl" orderTitle=$productinfo.name orderLead="{lang key='orderForm.configureDesiredOptions'}"}
{if $errormessage}
    <div class="alert alert-danger" role="alert" id="containerProductValidationErrors">
        <p class="mb-1">{lang key='orderForm.correctErrors'}:</p>
        <ul class="mb-0">{$errormessage}</ul>
    </div>
{/if}
<form id="frmConfigureProduct" method="post" action="{$WEB_ROOT}/cart.php?a=confproduct&amp;i={$i}" data-price-url="{$WEB_ROOT}/cart.php?a=price&amp;i={$i}">
    <input type="hidden" name="token" value="{$token}">
    <input type="hidden" name="configure" value="true">
    <input type="hidden" name="i" value="{$i}">
    <div class="row">
        <div class="col-xl-8">
            {if $productinfo.description}<p class="product-text">{$productinfo.description|nl2br}</p>{/if}
            {if $cycles}
                <section class="card form-card">
                    <h2 class="card-header">{lang key='cartchoosecycle'}</h2>
                    <div class="card-body cycle-grid">
                        {foreach $cycles as $cycle}
                            <label class="cycle">
                                <input type="radio" name="billingcycle" value="{$cycle.key}"{if $billingcycle == $cycle.key} checked{/if}>
                                <span class="cycle-box">
                                    <span class="cycle-name">{$cycle.label}</span>
                                    <span class="cycle-price">{$cycle.price}</span>
                                    {if $cycle.setup}<span class="cycle-setup">+ {$cycle.setup} {lang key='ordersetupfee'}</span>{/if}
                                </span>
                            </label>
                        {/foreach}
                    </div>
                </section>
            {/if}
            {if $allowqty}
                <section class="card form-card">
                    <div class="card-body">
                        <label for="inputQty">{lang key='orderForm.quantity'}</label>
                        <input type="number" class="form-control input-short" id="inputQty" name="qty" value="{$qty}" min="1" step="1">
                    </div>
                </section>
            {/if}
            {if $needsdomain}
                <section class="card form-card">
                    <div class="card-body">
                        <label for="inputDomain">{lang key='host.domainLabel'}</label>
                        <input type="text" class="form-control" id="inputDomain" name="domain" value="{$domain}" autocapitalize="none" spellcheck="false">
                    </div>
                </section>
            {/if}
            {if $productinfo.type eq "server"}
                <section class="card form-card">
                    <h2 class="card-header">{lang key='cartconfigserver'}</h2>
                    <div class="card-body form-row">
                        <div class="form-group col-sm-6"><label for="inputHostname">{lang key='serverhostname'}</label><input type="text" name="hostname" class="form-control" id="inputHostname" value="{$server.hostname}" placeholder="server1.example.com" autocapitalize="none"></div>
                        <div class="form-group col-sm-6"><label for="inputRootpw">{lang key='serverrootpw'}</label><input type="password" name="rootpw" class="form-control" id="inputRootpw" value="{$server.rootpw}" autocomplete="new-password"></div>
                        <div class="form-group col-sm-6"><label for="inputNs1prefix">{lang key='serverns1prefix'}</label><input type="text" name="ns1prefix" class="form-control" id="inputNs1prefix" value="{$server.ns1prefix}" placeholder="ns1"></div>
                        <div class="form-group col-sm-6"><label for="inputNs2prefix">{lang key='serverns2prefix'}</label><input type="text" name="ns2prefix" class="form-control" id="inputNs2prefix" value="{$server.ns2prefix}" placeholder="ns2"></div>
                    </div>
                </section>
            {/if}
            {if $metrics}
                <section class="card form-card">
                    <h2 class="card-header">{lang key='metrics'}</h2>
                    <div class="card-body">
                        <p class="text-muted">{lang key='usageBilling.chargedAfter'}</p>
                        {include file="orderforms/$carttpl/metrics.tpl"}
                    </div>
                </section>
            {/if}
            {if $configurableoptions}
                <section class="card form-card">
                    <h2 class="card-header">{lang key='orderconfigpackage'}</h2>
                    <div class="card-body" id="productConfigurableOptions">
                        {foreach $configurableoptions as $configoption}
                            <div class="form-group option-row">
                                {if $configoption.optiontype eq 1}
                                    <label for="inputConfigOption{$configoption.id}">{$configoption.optionname}</label>
                                    <select name="configoption[{$configoption.id}]" id="inputConfigOption{$configoption.id}" class="custom-select">
                                        {foreach $configoption.options as $options}
                                            <option value="{$options.id}"{if $configoption.selectedvalue eq $options.id} selected{/if}>{$options.name}</option>
                                        {/foreach}
                                    </select>
                                {elseif $configoption.optiontype eq 2}
                                    <fieldset>
                                        <legend>{$configoption.optionname}</legend>
                                        {foreach $configoption.options as $options}
                                            <label class="choice">
                                                <input type="radio" name="configoption[{$configoption.id}]" value="{$options.id}"{if $configoption.selectedvalue eq $options.id} checked{/if}>
                                                <span>{$options.nameonly}</span>
                                                <span class="choice-price">{if $options.price}{$options.price}{else}{lang key='host.noCharge'}{/if}</span>
                                            </label>
                                        {/foreach}
                                    </fieldset>
                                {elseif $configoption.optiontype eq 3}
                                    <span class="option-name">{$configoption.optionname}</span>
                                    <label class="choice">
                                        <input type="checkbox" name="configoption[{$configoption.id}]" value="1"{if $configoption.selectedqty} checked{/if}>
                                        <span>{$configoption.options.0.nameonly}</span>
                                        <span class="choice-price">{if $configoption.options.0.price}{$configoption.options.0.price}{else}{lang key='host.noCharge'}{/if}</span>
                                    </label>
                                {elseif $configoption.optiontype eq 4}
                                    <label for="inputConfigOption{$configoption.id}">{$configoption.optionname}</label>
                                    <div class="quantity-row">
                                        <input type="number" class="form-control input-short" name="configoption[{$configoption.id}]" id="inputConfigOption{$configoption.id}" value="{$configoption.selectedqty}" min="{$configoption.qtyminimum}"{if $configoption.qtymaximum} max="{$configoption.qtymaximum}"{/if} step="1" inputmode="numeric">
                                        <span>× {$configoption.options.0.nameonly}{if $configoption.options.0.price} <span class="choice-price">{$configoption.options.0.price} {lang key='host.perUnit'}</span>{/if}</span>
                                    </div>
                                    <small class="form-text text-muted">{if $configoption.qtymaximum}{lang key='host.quantityRange' min=$configoption.qtyminimum max=$configoption.qtymaximum}{elseif $configoption.qtyminimum}{lang key='host.quantityFrom' min=$configoption.qtyminimum}{/if}</small>
                                {/if}
                            </div>
                        {/foreach}
                    </div>
                </section>
            {/if}
            {if $addons}
                <section class="card form-card">
                    <h2 class="card-header">{lang key='cartavailableaddons'}</h2>
                    <div class="card-body">
                        {foreach $addons as $addon}
                            <div class="form-group">
                                {if $addon.allowsQuantity}
                                    <label for="a{$addon.id}">{$addon.name}</label>
                                    <div class="quantity-row">
                                        <input type="number" class="form-control input-short" name="addons[{$addon.id}]" id="a{$addon.id}" value="{$addon.qty}" min="0" step="1" inputmode="numeric">
                                        <span class="choice-price">{$addon.pricing}</span>
                                    </div>
                                {else}
                                    <label class="choice">
                                        <input type="checkbox" name="addons[{$addon.id}]" id="a{$addon.id}" value="on"{if $addon.status} checked{/if}>
                                        <span>{$addon.name}</span>
                                        <span class="choice-price">{$addon.pricing}</span>
                                    </label>
                                {/if}
                                {if $addon.description}<small class="form-text text-muted">{$addon.description}</small>{/if}
                                {if $addon.customfields}
                                    <div class="addon-fields" data-addon="a{$addon.id}">
                                        {foreach $addon.customfields as $customfield}
                                            {include file="$template/includes/customfield.tpl"}
                                        {/foreach}
                                    </div>
                                {/if}
                            </div>
                        {/foreach}
                    </div>
                </section>
            {/if}
            {if $customfields}
                <section class="card form-card">
                    <h2 class="card-header">{lang key='orderadditionalrequiredinfo'}</h2>
                    <div class="card-body">
                        {foreach $customfields as $customfield}
                            {include file="$template/includes/customfield.tpl"}
                        {/foreach}
                    </div>
                </section>
            {/if}
        </div>
        <div class="col-xl-4">
            <div class="summary-box" id="orderSummary">
                <h2>{lang key='ordersummary'}</h2>
                <div id="producttotal" aria-live="polite">
                    {if $producttotals}
                        {include file="orderforms/$carttpl/ordersummary.tpl"}
                    {else}
                        <p class="summary-problem">{$summaryproblem}</p>
                    {/if}
                </div>
                <button type="submit" name="update" value="1" class="btn btn-light btn-block no-js" formnovalidate>{lang key='host.updatePrice'}</button>
                <button type="submit" id="btnCompleteProductConfig" class="btn btn-primary btn-lg btn-block">{lang key='continue'}</button>
            </div>
        </div>
    </div>
</form>
{include file="orderforms/$carttpl/frame-close.tpl"}
