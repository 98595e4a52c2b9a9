{include file="$template/includes/flashmessage.tpl"}
{if $allowCreditCard || $allowBankDetails}
    <p class="mb-3">
        {if $allowCreditCard}<a class="btn btn-primary" href="{routePath('account-paymentmethods-add')}">{lang key='paymentMethods.addNewCC'}</a>{/if}
        {if $allowBankDetails}<a class="btn btn-outline-primary" href="{routePath('account-paymentmethods-add')}?type=bankacct">{lang key='paymentMethods.addNewBank'}</a>{/if}
    </p>
{/if}
{if $payMethods}
    <section class="card list-card">
        <table class="table list-table">
            <thead><tr><th>{lang key='paymentMethods.name'}</th><th>{lang key='paymentMethods.description'}</th><th>{lang key='paymentMethods.expires'}</th><th class="list-action"><span class="sr-only">{lang key='actions'}</span></th></tr></thead>
            <tbody>
                {foreach $payMethods as $payMethod}
                    <tr>
                        <td data-label="{lang key='paymentMethods.name'}"><a class="list-name" href="{routePath('account-paymentmethods-view', $payMethod.id)}"><i class="{if $payMethod.isCard}fas fa-credit-card{else}fas fa-university{/if}" aria-hidden="true"></i> {$payMethod.name}</a>{if $payMethod.isDefault} <span class="status status-active">{lang key='paymentMethods.default'}</span>{/if}<span class="list-sub d-block">{$payMethod.gateway}{if !$payMethod.active} · {lang key='paymentMethods.inactive'}{/if}</span></td>
                        <td data-label="{lang key='paymentMethods.description'}">{$payMethod.description|default:'-'}</td>
                        <td data-label="{lang key='paymentMethods.expires'}">{$payMethod.expiry|default:'-'}{if $payMethod.expired} <span class="status status-overdue">{lang key='clientareaexpired'}</span>{/if}</td>
                        <td class="list-action">
                            {if !$payMethod.isDefault}<form method="post" action="{routePath('account-paymentmethods-setdefault', $payMethod.id)}" class="d-inline"><input type="hidden" name="token" value="{$token}"><button type="submit" class="btn btn-sm btn-light">{lang key='paymentMethods.setAsDefault'}</button></form>{/if}
                            <a class="btn btn-sm btn-outline-primary" href="{routePath('account-paymentmethods-view', $payMethod.id)}">{lang key='edit'}</a>
                        </td>
                    </tr>
                {/foreach}
            </tbody>
        </table>
    </section>
{elseif $allowCreditCard || $allowBankDetails}
    {include file="$template/includes/empty.tpl" icon='fas fa-credit-card' title="{lang key='paymentMethods.noPaymentMethodsCreated'}" text="{lang key='paymentMethods.noneHelp'}"}
{else}
    {include file="$template/includes/empty.tpl" icon='fas fa-credit-card' title="{lang key='paymentMethods.noPaymentMethodsCreated'}" text="{lang key='paymentMethods.cannotStore'}"}
{/if}
