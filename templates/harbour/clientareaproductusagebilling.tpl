<section class="card">
    <h2 class="card-header">{lang key='metrics'}</h2>
    <div class="table-responsive">
        <table class="table list-table mb-0">
            <thead><tr><th>{lang key='usageBilling.metric'}</th><th class="text-right">{lang key='usageBilling.currentUsage'}</th><th class="text-right">{lang key='usageBilling.included'}</th><th>{lang key='usageBilling.lastUpdated'}</th></tr></thead>
            <tbody>
                {foreach $metricStats as $metric}
                    <tr>
                        <td>{$metric.displayName}{include file="$template/usagebillingpricing.tpl"}</td>
                        <td class="text-right"><span class="d-md-none text-muted">{lang key='usageBilling.currentUsage'}: </span>{$metric.currentValue}</td>
                        <td class="text-right"><span class="d-md-none text-muted">{lang key='usageBilling.included'}: </span>{$metric.includedQuantity} {$metric.includedQuantityUnits}</td>
                        <td><span class="d-md-none text-muted">{lang key='usageBilling.lastUpdated'}: </span>{if $metric.lastUpdated}{$metric.lastUpdated}{else}–{/if}</td>
                    </tr>
                {/foreach}
            </tbody>
        </table>
    </div>
</section>
