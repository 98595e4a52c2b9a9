{if !$loggedin && count($currencies) > 1}
    <form method="get" action="{$currentpagelinkback|default:'/cart.php'}" class="side-card side-currency">
        {foreach $currentpagequery as $queryName => $queryValue}<input type="hidden" name="{$queryName}" value="{$queryValue}">{/foreach}
        <label class="side-title" for="sideCurrency">{lang key='choosecurrency'}</label>
        <select class="custom-select custom-select-sm" id="sideCurrency" name="currency" data-autosubmit>
            {foreach $currencies as $listcurr}
                <option value="{$listcurr.id}"{if $activeCurrency.id == $listcurr.id} selected{/if}>{$listcurr.code}</option>
            {/foreach}
        </select>
        <noscript><button class="btn btn-sm btn-light" type="submit">{lang key='apply'}</button></noscript>
    </form>
{/if}
{foreach $secondarySidebar as $panel}
    <section menuItemName="{$panel->getName()}" id="{$panel->getId()}" class="side-card {$panel->getClass()}{if $panel->getExtra('mobileSelect') || $panel->getName() eq 'Actions'} d-none d-lg-block{/if}">
        <h2 class="side-title">{if $panel->hasIcon()}<i class="{$panel->getIcon()}" aria-hidden="true"></i> {/if}{$panel->getLabel()}{if $panel->hasBadge()} <span class="badge badge-pill">{$panel->getBadge()}</span>{/if}</h2>
        {if $panel->hasBodyHtml()}<div class="side-body">{$panel->getBodyHtml()}</div>{/if}
        {if $panel->hasChildren()}
            <div class="side-links {$panel->getChildrenAttribute('class')}">
                {foreach $panel->getChildren() as $child}
                    <a menuItemName="{$child->getName()}" id="{$child->getId()}" href="{$child->getUri()}" class="side-link {$child->getClass()}{if $child->isCurrent()} active{/if}{if $child->isDisabled()} disabled{/if}"{if $child->getAttribute('target')} target="{$child->getAttribute('target')}"{/if}>
                        <span>{if $child->hasIcon()}<i class="{$child->getIcon()}" aria-hidden="true"></i> {/if}{$child->getLabel()}</span>
                        {if $child->hasBadge()}<span class="badge badge-pill">{$child->getBadge()}</span>{/if}
                    </a>
                {/foreach}
            </div>
        {/if}
        {if $panel->hasFooterHtml()}<div class="side-footer">{$panel->getFooterHtml()}</div>{/if}
    </section>
    {if $panel->getExtra('mobileSelect') && $panel->hasChildren()}
        <div class="d-lg-none mobile-select">
            <label class="sr-only" for="select-{$panel->getId()}">{$panel->getLabel()}</label>
            <select class="custom-select" id="select-{$panel->getId()}" data-go>
                {if !$gid}<option value="">{lang key='orderForm.selectCategory'}</option>{/if}
                {foreach $panel->getChildren() as $child}
                    <option value="{$child->getUri()}"{if $child->isCurrent()} selected{/if}>{$child->getLabel()}</option>
                {/foreach}
            </select>
        </div>
    {/if}
{/foreach}
