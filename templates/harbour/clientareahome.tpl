{include file="$template/includes/flashmessage.tpl"}
<div class="tile-grid">
    <a class="tile" href="{$WEB_ROOT}/clientarea.php?action=services">
        <span class="tile-icon"><i class="fas fa-cube" aria-hidden="true"></i></span>
        <span class="tile-number">{$clientsstats.productsnumactive}</span>
        <span class="tile-label">{lang key='navservices'}</span>
    </a>
    <a class="tile{if $clientsstats.numunpaidinvoices} is-warn{/if}" href="{$WEB_ROOT}/clientarea.php?action=invoices">
        <span class="tile-icon"><i class="fas fa-file-invoice-dollar" aria-hidden="true"></i></span>
        <span class="tile-number">{$clientsstats.numunpaidinvoices}</span>
        <span class="tile-label">{lang key='clientHomePanels.unpaidInvoices'}</span>
    </a>
    <a class="tile" href="{$WEB_ROOT}/cart.php">
        <span class="tile-icon"><i class="fas fa-plus" aria-hidden="true"></i></span>
        <span class="tile-number is-text">{lang key='navstore'}</span>
        <span class="tile-label">{lang key='navservicesorder'}</span>
    </a>
</div>
{foreach $addons_html as $addon_html}
    <div class="home-block">{$addon_html}</div>
{/foreach}
{function name=homePanel}
    <section menuItemName="{$item->getName()}" id="{$item->getId()}" class="card home-panel card-accent-{$item->getExtra('color')|default:'blue'} {$item->getClass()}">
        <div class="card-header">
            <h2>
                {if $item->hasIcon()}<i class="{$item->getIcon()}" aria-hidden="true"></i>{/if}
                {$item->getLabel()}
                {if $item->hasBadge()}<span class="badge badge-pill">{$item->getBadge()}</span>{/if}
            </h2>
            {if $item->getExtra('btn-link') && $item->getExtra('btn-text')}
                <a href="{$item->getExtra('btn-link')}" class="btn btn-sm btn-light">{if $item->getExtra('btn-icon')}<i class="{$item->getExtra('btn-icon')}" aria-hidden="true"></i> {/if}{$item->getExtra('btn-text')}</a>
            {/if}
        </div>
        {if $item->hasBodyHtml()}<div class="card-body">{$item->getBodyHtml()}</div>{/if}
        {if $item->hasChildren()}
            <div class="row-list {$item->getChildrenAttribute('class')}">
                {foreach $item->getChildren() as $childItem}
                    {if $childItem->getUri()}
                        <a menuItemName="{$childItem->getName()}" id="{$childItem->getId()}" href="{$childItem->getUri()}" class="row-item {$childItem->getClass()}{if $childItem->isCurrent()} active{/if}"{if $childItem->getAttribute('target')} target="{$childItem->getAttribute('target')}"{/if}>
                            {if $childItem->hasIcon()}<i class="{$childItem->getIcon()}" aria-hidden="true"></i>{/if}
                            <span class="row-text">{$childItem->getLabel()}</span>
                            {if $childItem->hasBadge()}<span class="row-badge">{$childItem->getBadge()}</span>{/if}
                            <i class="fas fa-chevron-right row-go" aria-hidden="true"></i>
                        </a>
                        {if $childItem->getExtra('customActions')}
                            <div class="row-actions">
                                {foreach $childItem->getExtra('customActions') as $action}
                                    {include file="$template/includes/customaction.tpl" action=$action item=false id="" buttonClass="btn btn-sm btn-light"}
                                {/foreach}
                            </div>
                        {/if}
                    {else}
                        <div menuItemName="{$childItem->getName()}" id="{$childItem->getId()}" class="row-item {$childItem->getClass()}">
                            {if $childItem->hasIcon()}<i class="{$childItem->getIcon()}" aria-hidden="true"></i>{/if}
                            <span class="row-text">{$childItem->getLabel()}</span>
                            {if $childItem->hasBadge()}<span class="row-badge">{$childItem->getBadge()}</span>{/if}
                        </div>
                    {/if}
                {/foreach}
            </div>
        {/if}
        {if $item->hasFooterHtml()}<div class="card-footer">{$item->getFooterHtml()}</div>{/if}
    </section>
{/function}
<div class="panel-grid">
    {foreach $panels as $item}
        <div class="{if $item->getExtra('colspan')}is-wide{/if}">{homePanel item=$item}</div>
    {/foreach}
</div>
