{foreach $sidebar as $item}
    <section menuItemName="{$item->getName()}" id="{$item->getId()}{if $below}-below{/if}" class="side-card {$item->getClass()}{if $item->getExtra('color')} card-accent-{$item->getExtra('color')}{/if}"{if $item->getAttribute('id')} data-panel="{$item->getAttribute('id')}"{/if}>
        <h2 class="side-title">
            {if $item->hasIcon()}<i class="{$item->getIcon()}" aria-hidden="true"></i>{/if}
            {$item->getLabel()}
            {if $item->hasBadge()}<span class="badge badge-pill">{$item->getBadge()}</span>{/if}
        </h2>
        {if $item->hasBodyHtml()}<div class="side-body">{$item->getBodyHtml()}</div>{/if}
        {if $item->hasChildren()}
            <div class="side-links {$item->getChildrenAttribute('class')}">
                {foreach $item->getChildren() as $childItem}
                    {assign var=customActionData value=$childItem->getAttribute('dataCustomAction')}
                    {if $customActionData.serviceid}
                        {include file="$template/includes/customaction.tpl" action=$customActionData item=$childItem id="{$childItem->getId()}{if $below}-below{/if}" buttonClass="side-link {$childItem->getClass()}"}
                    {elseif $childItem->getUri()}
                        <a menuItemName="{$childItem->getName()}" id="{$childItem->getId()}{if $below}-below{/if}" href="{if $childItem->isDisabled()}#{else}{$childItem->getUri()}{/if}" class="side-link {$childItem->getClass()}{if $childItem->isCurrent()} active{/if}{if $childItem->isDisabled()} disabled{/if}"{if $childItem->isDisabled()} aria-disabled="true" tabindex="-1"{/if}{if $childItem->getAttribute('dataToggleTab')} data-tab-link{/if}{if $childItem->getAttribute('target')} target="{$childItem->getAttribute('target')}"{/if}>
                            <span>{if $childItem->hasIcon()}<i class="{$childItem->getIcon()}" aria-hidden="true"></i> {/if}{$childItem->getLabel()}</span>
                            {if $childItem->hasBadge()}<span class="badge badge-pill">{$childItem->getBadge()}</span>{/if}
                        </a>
                    {else}
                        <div menuItemName="{$childItem->getName()}" id="{$childItem->getId()}{if $below}-below{/if}" class="side-link is-text {$childItem->getClass()}">
                            <span>{if $childItem->hasIcon()}<i class="{$childItem->getIcon()}" aria-hidden="true"></i> {/if}{$childItem->getLabel()}</span>
                            {if $childItem->hasBadge()}<span class="badge badge-pill">{$childItem->getBadge()}</span>{/if}
                        </div>
                    {/if}
                {/foreach}
            </div>
        {/if}
        {if $item->hasFooterHtml()}<div class="side-footer">{$item->getFooterHtml()}</div>{/if}
    </section>
{/foreach}
