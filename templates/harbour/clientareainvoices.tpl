{if $invoices}
    <section class="card list-card">
        {include file="$template/includes/tablelist.tpl" tableName="InvoicesList"}
        <table id="tableInvoicesList" class="table list-table">
            <thead>
                <tr>
                    <th data-sort="text">{lang key='invoicestitle'}</th>
                    <th data-sort="text">{lang key='invoicesdatecreated'}</th>
                    <th data-sort="text">{lang key='invoicesdatedue'}</th>
                    <th data-sort="number" class="text-right">{lang key='invoicestotal'}</th>
                    <th data-sort="text">{lang key='invoicesstatus'}</th>
                    <th class="list-action"><span class="sr-only">{lang key='actions'}</span></th>
                </tr>
            </thead>
            <tbody>
                {foreach $invoices as $invoice}
                    <tr>
                        <td data-label="{lang key='invoicestitle'}"><a class="list-name" href="{$WEB_ROOT}/viewinvoice.php?id={$invoice.id}"><span class="d-md-none">{lang key='invoicestitle'}</span>{$invoice.invoicenum}</a></td>
                        <td data-label="{lang key='invoicesdatecreated'}" data-value="{$invoice.normalisedDateCreated}">{$invoice.datecreated}</td>
                        <td data-label="{lang key='invoicesdatedue'}" data-value="{$invoice.normalisedDateDue}">{$invoice.datedue}</td>
                        <td data-label="{lang key='invoicestotal'}" class="text-right money" data-value="{$invoice.totalnum}">{$invoice.total}</td>
                        <td data-label="{lang key='invoicesstatus'}"><span class="status status-{$invoice.statusClass}">{$invoice.status}</span></td>
                        <td class="list-action"><a class="btn btn-sm {if $invoice.statusClass == 'unpaid'}btn-primary{else}btn-outline-primary{/if}" href="{$WEB_ROOT}/viewinvoice.php?id={$invoice.id}">{if $invoice.statusClass == 'unpaid'}{lang key='invoicespaynow'}{else}{lang key='view'}{/if}</a></td>
                    </tr>
                {/foreach}
            </tbody>
        </table>
        {include file="$template/includes/pager.tpl"}
    </section>
{else}
    {include file="$template/includes/empty.tpl" icon='fas fa-file-invoice-dollar' title="{lang key='invoicesnoinvoices'}" text="{lang key='host.noInvoicesHelp'}"}
{/if}
