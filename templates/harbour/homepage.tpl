<section class="hero">
    <div class="container">
        <h1>{lang key='howCanWeHelp'}</h1>
        <p>{lang key='host.homeLead'}</p>
        <div class="hero-actions">
            <a class="btn btn-primary btn-lg" href="{$WEB_ROOT}/cart.php">{lang key='browseProducts'}</a>
            {if $loggedin}
                <a class="btn btn-outline-light btn-lg" href="{$WEB_ROOT}/clientarea.php?action=services">{lang key='homepage.manageServices'}</a>
            {else}
                <a class="btn btn-outline-light btn-lg" href="{routePath('login-index')}">{lang key='loginbutton'}</a>
            {/if}
        </div>
    </div>
</section>
<div class="container home-body">
    <h2 class="section-title">{lang key='clientHomePanels.productsAndServices'}</h2>
    {if $productGroups}
        <div class="group-grid">
            {foreach $productGroups as $productGroup}
                <a class="group-card" href="{$productGroup->getRoutePath()}">
                    <h3>{$productGroup->name}</h3>
                    {if $productGroup->tagline}<p>{$productGroup->tagline}</p>{/if}
                    <span class="more">{lang key='browseProducts'} <i class="fas fa-arrow-right" aria-hidden="true"></i></span>
                </a>
            {/foreach}
        </div>
    {else}
        {include file="$template/includes/empty.tpl" icon='fas fa-store' title="{lang key='host.noProducts'}" text="{lang key='host.noProductsHelp'}"}
    {/if}
    <h2 class="section-title">{lang key='homepage.yourAccount'}</h2>
    <div class="shortcut-grid">
        <a class="shortcut" href="{$WEB_ROOT}/clientarea.php"><i class="fas fa-home" aria-hidden="true"></i> {lang key='homepage.yourAccount'}</a>
        <a class="shortcut" href="{$WEB_ROOT}/clientarea.php?action=services"><i class="fas fa-cubes" aria-hidden="true"></i> {lang key='homepage.manageServices'}</a>
        <a class="shortcut" href="{$WEB_ROOT}/clientarea.php?action=invoices"><i class="fas fa-file-invoice-dollar" aria-hidden="true"></i> {lang key='homepage.makeAPayment'}</a>
    </div>
</div>
