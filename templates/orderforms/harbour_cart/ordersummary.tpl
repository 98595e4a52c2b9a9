{if $producttotals}
    <dl class="summary-lines">
        <div class="summary-main"><dt>{if $producttotals.allowqty && $producttotals.qty > 1}{$producttotals.qty} × {/if}{$producttotals.productinfo.name}<small>{$producttotals.productinfo.groupname}</small>{if $producttotals.proratadate}<small>{lang key='orderprorata'} {$producttotals.proratadate}</small>{/if}</dt><dd>{$producttotals.pricing.baseprice}</dd></div>
        {foreach $producttotals.configoptions as $configoption}
            <div><dt>{$configoption.name}<small>{$configoption.optionname}</small></dt><dd>{$configoption.recurring}</dd></div>
        {/foreach}
        {foreach $producttotals.addons as $addon}
            <div><dt>{$addon.name}</dt><dd>{$addon.recurring}</dd></div>
        {/foreach}
    </dl>
    {if $producttotals.pricing.setup || $producttotals.pricing.recurring}
        <dl class="summary-lines is-sums">
            {if $producttotals.pricing.setup}<div><dt>{lang key='cartsetupfees'}</dt><dd>{$producttotals.pricing.setup}</dd></div>{/if}
            {foreach $producttotals.pricing.recurringexcltax as $cycle => $recurring}
                <div><dt>{$cycle}</dt><dd>{$recurring}</dd></div>
            {/foreach}
            {if $producttotals.pricing.tax1}<div><dt>{$carttotals.taxname}</dt><dd>{$producttotals.pricing.tax1}</dd></div>{/if}
            {if $producttotals.pricing.tax2}<div><dt>{$carttotals.taxname2}</dt><dd>{$producttotals.pricing.tax2}</dd></div>{/if}
        </dl>
    {/if}
    <div class="summary-total"><span>{lang key='ordertotalduetoday'}</span><strong id="totalDueToday">{$producttotals.pricing.totaltoday}</strong></div>
{/if}
