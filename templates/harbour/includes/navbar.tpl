{foreach $navbar as $item}
    <li menuItemName="{$item->getName()}" id="{$item->getId()}" class="nav-item{if $item->hasChildren()} dropdown{/if}{if $item->isCurrent()} active{/if}{if $item->getClass()} {$item->getClass()}{/if}">
        <a class="nav-link{if $item->hasChildren()} dropdown-toggle{/if}" href="{if $item->hasChildren()}#{else}{$item->getUri()}{/if}"{if $item->hasChildren()} role="button" data-toggle="dropdown" aria-haspopup="true" aria-expanded="false"{/if}{if $item->getAttribute('target')} target="{$item->getAttribute('target')}"{/if}>
            {if $item->hasIcon()}<i class="{$item->getIcon()}" aria-hidden="true"></i> {/if}<span class="nav-label">{$item->getLabel()}</span>{if $item->hasBadge()} <span class="badge badge-pill">{$item->getBadge()}</span>{/if}
        </a>
        {if $item->hasChildren()}
            <ul class="dropdown-menu{if $rightDrop} dropdown-menu-right{/if}">
                {foreach $item->getChildren() as $childItem}
                    {if $childItem->getClass() && strpos($childItem->getClass(), 'nav-divider') !== false}
                        <li class="dropdown-divider" role="separator"></li>
                    {else}
                        <li menuItemName="{$childItem->getName()}" id="{$childItem->getId()}" class="{$childItem->getClass()}">
                            <a class="dropdown-item" href="{$childItem->getUri()}"{if $childItem->getAttribute('target')} target="{$childItem->getAttribute('target')}"{/if}>
                                {if $childItem->hasIcon()}<i class="{$childItem->getIcon()}" aria-hidden="true"></i> {/if}{$childItem->getLabel()}{if $childItem->hasBadge()} <span class="badge badge-pill">{$childItem->getBadge()}</span>{/if}
                            </a>
                        </li>
                    {/if}
                {/foreach}
            </ul>
        {/if}
    </li>
{/foreach}
