{* What a product charges by use: $metrics *}
<ul class="metric-list">
    {foreach $metrics as $metric}
        <li>
            <span class="metric-name">{$metric.displayName}</span>
            {if $metric.includedQuantity neq '0'}<span class="metric-included">{$metric.includedQuantity} {$metric.includedQuantityUnits} {lang key='usageBilling.includedWith'}</span>{/if}
            {include file="$template/usagebillingpricing.tpl"}
        </li>
    {/foreach}
</ul>
