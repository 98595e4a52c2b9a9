{if $errormessage}
    {include file="$template/includes/alert.tpl" type="error" msg=$errormessage}
{/if}
{if $invoices}
    <form method="post" action="{$WEB_ROOT}/clientarea.php?action=masspay" class="card form-card">
        <input type="hidden" name="token" value="{$token}">
        <input type="hidden" name="geninvoice" value="true">
        <div class="card-body">
            <table class="sum-table mass-table">
                <thead><tr><th>{lang key='invoicestitle'}</th><th class="d-none d-sm-table-cell">{lang key='invoicesdatedue'}</th><th class="money">{lang key='balancedue'}</th></tr></thead>
                <tbody>
                    {foreach $invoices as $invoice}
                        <tr>
                            <td><label class="choice"><input type="checkbox" name="invoiceids[]" value="{$invoice.id}"{if $invoice.chosen} checked{/if}> <span>{lang key='invoicestitle'}{$invoice.invoicenum}</span></label>
                                <div class="list-sub d-sm-none">{lang key='host.dueOn' date=$invoice.datedue}{if $invoice.overdue} <span class="status status-overdue">{lang key='invoicesoverdue'}</span>{/if}</div>
                                {foreach $invoiceitems[$invoice.id] as $item}<div class="list-sub">{$item.description}</div>{/foreach}</td>
                            <td class="d-none d-sm-table-cell text-nowrap">{$invoice.datedue}{if $invoice.overdue} <span class="status status-overdue">{lang key='invoicesoverdue'}</span>{/if}</td>
                            <td class="money">{$invoice.balance}</td>
                        </tr>
                    {/foreach}
                </tbody>
                <tfoot>
                    {if $partialpayments}<tr><td>{lang key='paymentstodate'}</td><td class="d-none d-sm-table-cell"></td><td class="money">{$partialpayments}</td></tr>{/if}
                    <tr class="sum-total"><td>{lang key='invoicestotaldue'}</td><td class="d-none d-sm-table-cell"></td><td class="money">{$total}</td></tr>
                </tfoot>
            </table>
            <div class="form-group mt-4"><label for="inputPaymentMethod">{lang key='paymentmethod'}</label>
                <select class="custom-select" id="inputPaymentMethod" name="paymentmethod">{foreach $gateways as $one}<option value="{$one.sysname}"{if $one.sysname == $gateway} selected{/if}>{$one.name}</option>{/foreach}</select></div>
            <div class="form-actions"><button type="submit" class="btn btn-primary">{lang key='masspaymakepayment'}</button></div>
        </div>
    </form>
{else}
    {include file="$template/includes/empty.tpl" icon='fas fa-check-circle' title="{lang key='host.massPayNone'}" text="{lang key='host.massPayNoneHelp'}"}
{/if}
