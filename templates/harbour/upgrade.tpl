{if $overdueinvoice}
    <div class="alert alert-warning confirm-row" role="status">
        <span>{lang key='upgradeerroroverdueinvoice'}</span>
        <a href="{$WEB_ROOT}/viewinvoice.php?id={$unpaidinvoice}" class="btn btn-sm btn-light">{lang key='payInvoice'}</a>
    </div>
    <a href="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$id}" class="btn btn-primary">{lang key='clientareabacklink'}</a>
{elseif $existingupgradeinvoice}
    {include file="$template/includes/alert.tpl" type="warning" msg="{lang key='upgradeexistingupgradeinvoice'}"}
    <a href="{$WEB_ROOT}/clientarea.php?action=invoices" class="btn btn-primary">{lang key='invoices'}</a>
    <a href="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$id}" class="btn btn-light">{lang key='clientareabacklink'}</a>
{elseif $upgradenotavailable || ($type == 'package' && !$upgradepackages) || ($type == 'configoptions' && !$configoptions)}
    {include file="$template/includes/alert.tpl" type="info" title="{lang key='upgradeNotPossible'}" msg="{if $notactive}{lang key='host.upgradeNotActive'}{else}{lang key='host.upgradeNothing'}{/if}"}
    <a href="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$id}" class="btn btn-primary">{lang key='clientareabacklink'}</a>
{else}
    {if $errormessage}
        {include file="$template/includes/alert.tpl" type="error" errorshtml=$errormessage}
    {/if}
    <p class="overline mb-0">{$groupname}</p>
    <h2 class="form-section mt-0">{$productname}{if $domain} <small class="text-muted">{$domain}</small>{/if}</h2>
    {if $type == 'package'}
        <p>{lang key='upgradechoosepackage'}</p>
        {foreach $upgradepackages as $upgradepackage}
            <form method="post" action="{$WEB_ROOT}/upgrade.php" class="card form-card">
                <input type="hidden" name="token" value="{$token}">
                <input type="hidden" name="step" value="2">
                <input type="hidden" name="type" value="{$type}">
                <input type="hidden" name="id" value="{$id}">
                <input type="hidden" name="pid" value="{$upgradepackage.pid}">
                <div class="card-body">
                    <p class="overline">{$upgradepackage.groupname}{if $upgradepackage.current} · {lang key='host.upgradeNow'}{/if}</p>
                    <h3 class="h5">{$upgradepackage.productname}</h3>
                    {if $upgradepackage.description}<p class="text-muted">{$upgradepackage.description}</p>{/if}
                    {foreach $upgradepackage.cycles as $cycle}
                        <label class="choice">
                            <input type="radio" name="billingcycle" value="{$cycle.key}"{if $cycle@first} checked{/if}>
                            <span>{$cycle.label} · <b>{$cycle.price}</b></span>
                            <span class="choice-price">{$cycle.today}</span>
                        </label>
                    {/foreach}
                    <div class="form-actions"><button type="submit" class="btn btn-primary">{lang key='upgradedowngradechooseproduct'}</button></div>
                </div>
            </form>
        {/foreach}
    {else}
        <p>{lang key='upgradechooseconfigoptions'}</p>
        <form method="post" action="{$WEB_ROOT}/upgrade.php" class="card form-card">
            <input type="hidden" name="token" value="{$token}">
            <input type="hidden" name="step" value="2">
            <input type="hidden" name="type" value="{$type}">
            <input type="hidden" name="id" value="{$id}">
            <div class="card-body">
                {foreach $configoptions as $configoption}
                    <div class="form-group">
                        <label{if $configoption.optiontype neq 2 && $configoption.optiontype neq 3} for="inputConfigOption{$configoption.id}"{/if}><b>{$configoption.optionname}</b> <small class="text-muted">{lang key='upgradecurrentconfig'}: {$configoption.currentvalue}</small></label>
                        {if $configoption.optiontype eq 1}
                            <select name="configoption[{$configoption.id}]" id="inputConfigOption{$configoption.id}" class="custom-select">
                                {foreach $configoption.options as $option}
                                    <option value="{$option.id}"{if $option.selected} selected{/if}>{$option.name}</option>
                                {/foreach}
                            </select>
                        {elseif $configoption.optiontype eq 2}
                            {foreach $configoption.options as $option}
                                <label class="choice">
                                    <input type="radio" name="configoption[{$configoption.id}]" value="{$option.id}"{if $option.selected} checked{/if}>
                                    <span>{$option.nameonly}</span>
                                    <span class="choice-price">{if $option.price}{$option.price}{else}{lang key='host.noCharge'}{/if}</span>
                                </label>
                            {/foreach}
                        {elseif $configoption.optiontype eq 3}
                            <input type="hidden" name="configoption[{$configoption.id}]" value="0">
                            <label class="choice">
                                <input type="checkbox" name="configoption[{$configoption.id}]" value="1"{if $configoption.selectedqty} checked{/if}>
                                <span>{$configoption.options.0.nameonly}</span>
                                <span class="choice-price">{if $configoption.options.0.price}{$configoption.options.0.price}{else}{lang key='host.noCharge'}{/if}</span>
                            </label>
                        {else}
                            <div class="d-flex align-items-center">
                                <input type="number" class="form-control input-short mr-2" name="configoption[{$configoption.id}]" id="inputConfigOption{$configoption.id}" value="{$configoption.selectedqty}" min="{$configoption.qtyminimum}"{if $configoption.qtymaximum} max="{$configoption.qtymaximum}"{/if} step="1" inputmode="numeric">
                                <span>× {$configoption.options.0.nameonly}{if $configoption.options.0.price} <span class="choice-price">{$configoption.options.0.price} {lang key='host.perUnit'}</span>{/if}</span>
                            </div>
                            <small class="form-text text-muted">{if $configoption.qtymaximum}{lang key='host.quantityRange' min=$configoption.qtyminimum max=$configoption.qtymaximum}{elseif $configoption.qtyminimum}{lang key='host.quantityFrom' min=$configoption.qtyminimum}{/if}</small>
                        {/if}
                    </div>
                {/foreach}
                <div class="form-actions"><button type="submit" class="btn btn-primary">{lang key='ordercontinuebutton'}</button></div>
            </div>
        </form>
    {/if}
{/if}
