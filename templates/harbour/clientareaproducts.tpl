{if $services}
    <section class="card list-card">
        {include file="$template/includes/tablelist.tpl" tableName="ServicesList"}
        <table id="tableServicesList" class="table list-table">
            <thead>
                <tr>
                    <th data-sort="text">{lang key='orderproduct'}</th>
                    <th data-sort="number" class="text-right">{lang key='clientareaaddonpricing'}</th>
                    <th data-sort="text">{lang key='clientareahostingnextduedate'}</th>
                    <th data-sort="text">{lang key='clientareastatus'}</th>
                    <th class="list-action"><span class="sr-only">{lang key='actions'}</span></th>
                </tr>
            </thead>
            <tbody>
                {foreach $services as $service}
                    <tr>
                        <td data-label="{lang key='orderproduct'}">
                            <a class="list-name" href="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$service.id}">{$service.product}</a>
                            <span class="list-sub">{$service.group}{if $service.domain} · {$service.domain}{/if}</span>
                        </td>
                        <td data-label="{lang key='clientareaaddonpricing'}" class="text-right money" data-value="{$service.amountnum}"><span>{$service.amount}<span class="list-sub">{$service.billingcycle}</span></span></td>
                        <td data-label="{lang key='clientareahostingnextduedate'}" data-value="{$service.normalisedNextDueDate}">{if $service.nextduedate}{$service.nextduedate}{else}<span class="text-muted">–</span>{/if}</td>
                        <td data-label="{lang key='clientareastatus'}"><span class="status status-{$service.status|strtolower}">{$service.statustext}</span></td>
                        <td class="list-action"><a class="btn btn-sm btn-outline-primary" href="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$service.id}">{lang key='host.manageProduct'}</a></td>
                    </tr>
                {/foreach}
            </tbody>
        </table>
        {include file="$template/includes/pager.tpl"}
    </section>
{else}
    {include file="$template/includes/empty.tpl" icon='fas fa-cubes' title="{lang key='clientareaproductsnone'}" link="$WEB_ROOT/cart.php" linktext="{lang key='navservicesorder'}"}
{/if}
