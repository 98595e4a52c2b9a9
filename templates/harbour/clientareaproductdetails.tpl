{if $modulecustombuttonresult}
    {if $modulecustombuttonresult == "success"}
        {include file="$template/includes/alert.tpl" type="success" msg="{lang key='moduleactionsuccess'}" idname="alertModuleCustomButtonSuccess"}
    {else}
        {include file="$template/includes/alert.tpl" type="error" title="{lang key='moduleactionfailed'}" msg=$modulecustombuttonresult idname="alertModuleCustomButtonFailed"}
    {/if}
{/if}
{if $modulechangepwresult}
    {if $modulechangepwresult == "success"}
        {include file="$template/includes/alert.tpl" type="success" msg="{lang key='serverchangepasswordsuccessful'}" idname="alertModuleChangePwSuccess"}
    {else}
        {include file="$template/includes/alert.tpl" type="error" title="{lang key='serverchangepasswordfailed'}" msg=$modulechangepasswordmessage idname="alertModuleChangePwFailed"}
    {/if}
{/if}
{if $customActionToConfirm}
    <form method="post" action="{$WEB_ROOT}/clientarea.php?action=productdetails" class="alert alert-info confirm-row"{if $customActionToConfirm.newTab} target="_blank"{/if}>
        <input type="hidden" name="token" value="{$token}">
        <input type="hidden" name="id" value="{$id}">
        {foreach $customActionToConfirm.fields as $name => $value}<input type="hidden" name="{$name}" value="{$value}">{/foreach}
        <input type="hidden" name="nonce" value="{$nonce}">
        <span>{$customActionToConfirm.label}</span>
        <button type="submit" class="btn btn-primary btn-sm">{lang key='continue'}</button>
    </form>
{/if}
{if $pendingcancellation}
    {include file="$template/includes/alert.tpl" type="warning" title="{lang key='cancellationrequested'}" msg="{lang key='cancellationrequestedexplanation'}" idname="alertPendingCancellation"}
{/if}
{if $unpaidInvoice}
    <div class="alert alert-{if $unpaidInvoiceOverdue}danger{else}warning{/if} confirm-row" id="alert{if $unpaidInvoiceOverdue}Overdue{else}Unpaid{/if}Invoice">
        <span>{$unpaidInvoiceMessage}</span>
        <a href="{$WEB_ROOT}/viewinvoice.php?id={$unpaidInvoice}" class="btn btn-sm btn-light">{lang key='payInvoice'}</a>
    </div>
{/if}
<div class="tab-content">
    <div class="tab-pane fade show active" role="tabpanel" id="tabOverview">
        {if $tplOverviewTabOutput}
            {$tplOverviewTabOutput}
        {else}
            <section class="card service-head">
                <div class="card-body">
                    <div class="service-head-row">
                        <div class="service-head-name">
                            <span class="overline">{$groupname}</span>
                            <h2>{$product}{if $quantitySupported && $quantity > 1} <small>× {$quantity}</small>{/if}</h2>
                            {if $domain}<p class="mb-0"><a href="http://{$domain}" target="_blank" rel="noopener">{$domain} <i class="fas fa-external-link-alt" aria-hidden="true"></i></a></p>{/if}
                        </div>
                        <span class="status status-{$rawstatus} status-lg">{$status}</span>
                    </div>
                    {if $rawstatus == 'pending'}
                        <p class="service-note">{lang key='host.servicePending'}</p>
                    {elseif $rawstatus == 'suspended'}
                        <p class="service-note">{lang key='host.serviceSuspended'}{if $suspendreason} {lang key='suspendreason'}: {$suspendreason}{/if}</p>
                    {elseif $rawstatus != 'active' && $rawstatus != 'completed'}
                        <p class="service-note">{lang key='host.serviceEnded'}</p>
                    {/if}
                </div>
                <dl class="facts">
                    <div><dt>{lang key='clientareahostingregdate'}</dt><dd>{$regdate}</dd></div>
                    <div><dt>{lang key='clientareahostingnextduedate'}</dt><dd>{if $nextduedate}{$nextduedate}{else}–{/if}</dd></div>
                    <div><dt>{lang key='orderbillingcycle'}</dt><dd>{$billingcycle}</dd></div>
                    <div><dt>{lang key='recurringamount'}</dt><dd class="money">{$recurringamount}</dd></div>
                    <div><dt>{lang key='firstpaymentamount'}</dt><dd class="money">{$firstpaymentamount}</dd></div>
                    <div><dt>{lang key='orderpaymentmethod'}</dt><dd>{$paymentmethod}</dd></div>
                </dl>
            </section>
            {foreach $hookOutput as $output}
                <div class="module-output">{$output}</div>
            {/foreach}
            {if $moduleproblem}
                {include file="$template/includes/alert.tpl" type="warning" title="{lang key='host.moduleProblem'}" msg=$moduleproblem}
            {/if}
            {if $moduleclientarea}
                <section class="card module-card">
                    <h2 class="card-header">{lang key='manage'}</h2>
                    <div class="card-body module-client-area" id="moduleClientArea">{$moduleclientarea}</div>
                </section>
            {/if}
            {if $serverdata && ($serverdata.hostname || $serverdata.ipaddress || $dedicatedip || $username)}
                <section class="card">
                    <h2 class="card-header">{lang key='sslserverinfo'}</h2>
                    <dl class="facts">
                        {if $username}<div><dt>{lang key='serverusername'}</dt><dd>{$username}</dd></div>{/if}
                        {if $serverdata.hostname}<div><dt>{lang key='servername'}</dt><dd>{$serverdata.hostname}</dd></div>{/if}
                        {if $dedicatedip || $serverdata.ipaddress}<div><dt>{lang key='primaryIP'}</dt><dd>{$dedicatedip|default:$serverdata.ipaddress}</dd></div>{/if}
                        {if $assignedips}<div><dt>{lang key='assignedIPs'}</dt><dd>{$assignedips|nl2br}</dd></div>{/if}
                        {if $ns1 || $ns2}<div><dt>{lang key='domainnameservers'}</dt><dd>{$ns1}<br>{$ns2}</dd></div>{/if}
                    </dl>
                </section>
            {/if}
            {if $configurableoptions}
                <section class="card">
                    <h2 class="card-header">{lang key='orderconfigpackage'}</h2>
                    <dl class="facts">
                        {foreach $configurableoptions as $configoption}
                            <div><dt>{$configoption.optionname}</dt><dd>{if $configoption.optiontype eq 3}{if $configoption.selectedqty}{lang key='yes'}{else}{lang key='no'}{/if}{elseif $configoption.optiontype eq 4}{$configoption.selectedqty} × {$configoption.selectedoption}{else}{$configoption.selectedoption}{/if}</dd></div>
                        {/foreach}
                    </dl>
                </section>
            {/if}
            {if $addons || $addonsavailable}
                <section class="card" id="tabAddons">
                    <h2 class="card-header">{lang key='clientareahostingaddons'}</h2>
                    {if $addons}<dl class="facts">
                        {foreach $addons as $addon}
                            <div><dt>{$addon.name}</dt><dd>{$addon.pricing} · {$addon.status}{if $addon.nextduedate} <small class="text-muted">{lang key='clientareahostingnextduedate'}: {$addon.nextduedate}</small>{/if}</dd></div>
                        {/foreach}
                    </dl>{/if}
                    {if $addonsavailable}<div class="card-body"><a href="{$WEB_ROOT}/cart.php?gid=addons&amp;pid={$id}" class="btn btn-light btn-sm">{lang key='clientareaviewaddons'}</a></div>{/if}
                </section>
            {/if}
            {foreach $addons as $addon}
                {if $addon.module && $addon.module.shown}
                    <section class="card module-card" id="addon{$addon.id}">
                        <h2 class="card-header">{$addon.module.title}</h2>
                        <div class="card-body">
                            {if $addon.module.problem}{include file="$template/includes/alert.tpl" type="warning" title="{lang key='host.moduleProblem'}" msg=$addon.module.problem}{/if}
                            {if $addon.module.output}<div class="module-client-area">{$addon.module.output}</div>{/if}
                            {if $addon.module.links || $addon.module.actions}
                                <div class="module-buttons">
                                    {foreach $addon.module.links as $link}
                                        <a href="{$WEB_ROOT}{$link.uri}" class="btn btn-light btn-sm"{if $link.newTab} target="_blank"{/if}>{$link.label}</a>
                                    {/foreach}
                                    {foreach $addon.module.actions as $action}
                                        {include file="$template/includes/customaction.tpl" buttonClass='btn btn-light btn-sm'}
                                    {/foreach}
                                </div>
                            {/if}
                        </div>
                    </section>
                {/if}
            {/foreach}
            {if $customfields}
                <section class="card">
                    <h2 class="card-header">{lang key='additionalInfo'}</h2>
                    <dl class="facts">
                        {foreach $customfields as $field}
                            <div><dt>{$field.name}</dt><dd>{if $field.value}{$field.value}{else}<span class="text-muted">–</span>{/if}</dd></div>
                        {/foreach}
                    </dl>
                </section>
            {/if}
            {if $metricStats}
                {include file="$template/clientareaproductusagebilling.tpl"}
            {/if}
            {if $lastupdate}
                <section class="card">
                    <h2 class="card-header">{lang key='resourceUsage'}</h2>
                    <dl class="facts">
                        <div><dt>{lang key='diskSpace'}</dt><dd>{$diskusage} / {$disklimit} ({$diskpercent})</dd></div>
                        <div><dt>{lang key='bandwidth'}</dt><dd>{$bwusage} / {$bwlimit} ({$bwpercent})</dd></div>
                        <div><dt>{lang key='clientarealastupdated'}</dt><dd>{$lastupdate}</dd></div>
                    </dl>
                </section>
            {/if}
        {/if}
    </div>
    {if $modulechangepassword}
        <div class="tab-pane fade" role="tabpanel" id="tabChangepw">
            <section class="card form-card">
                <h2 class="card-header">{lang key='serverchangepassword'}</h2>
                <form method="post" action="{$WEB_ROOT}/clientarea.php?action=productdetails#tabChangepw" class="card-body">
                    <input type="hidden" name="token" value="{$token}">
                    <input type="hidden" name="id" value="{$id}">
                    <input type="hidden" name="modulechangepassword" value="true">
                    <input type="hidden" name="nonce" value="{$nonce}">
                    <p>{lang key='serverchangepasswordintro'}</p>
                    <div class="form-group">
                        <label for="inputNewPassword1">{lang key='newpassword'}</label>
                        <input type="password" class="form-control" id="inputNewPassword1" name="newpw" autocomplete="new-password">
                        {include file="$template/includes/pwstrength.tpl"}
                    </div>
                    <div class="form-group">
                        <label for="inputNewPassword2">{lang key='confirmnewpassword'}</label>
                        <input type="password" class="form-control" id="inputNewPassword2" name="confirmpw" autocomplete="new-password">
                    </div>
                    <button type="submit" class="btn btn-primary">{lang key='clientareasavechanges'}</button>
                </form>
            </section>
        </div>
    {/if}
</div>
