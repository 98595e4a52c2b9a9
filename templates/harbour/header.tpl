<!DOCTYPE html>
<html lang="{$activeLocale.languageCode|default:'en'}">
<head>
{include file="$template/includes/head.tpl"}
{$headoutput}
</head>
<body class="page-{$templatefile|replace:'/':'-'}" data-csrf="{$token}">
{$headeroutput}
<a class="skip-link" href="#main-body">{lang key='host.skipToContent'}</a>
<header class="topbar">
    {if $adminMasqueradingAsClient || $adminLoggedIn}
        <div class="admin-strip">
            <div class="container">
                <span><i class="fas fa-user-shield" aria-hidden="true"></i> {if $adminMasqueradingAsClient}{lang key='adminmasqueradingasclient'}{else}{lang key='adminloggedin'}{/if}{if $hostMaintenance} {lang key='host.maintenanceOn'}{/if}</span>
                <a href="{$WEB_ROOT}/logout.php?returntoadmin=1">{lang key='returntoadminarea'}</a>
            </div>
        </div>
    {/if}
    <nav class="navbar navbar-expand-lg" aria-label="{lang key='globalsystemname'}">
        <div class="container">
            <a class="navbar-brand" href="{$WEB_ROOT}/index.php">
                {if $assetLogoPath}
                    <img src="{$assetLogoPath}" alt="{$companyname}">
                {else}
                    <span class="brand-mark" aria-hidden="true"><i class="fas fa-anchor"></i></span>
                    <span class="brand-name">{$companyname}</span>
                {/if}
            </a>
            <div class="topbar-tools order-lg-3">
                <a class="cart-link" href="{$WEB_ROOT}/cart.php?a=view" aria-label="{lang key='carttitle'}" title="{lang key='carttitle'}">
                    <i class="fas fa-shopping-basket" aria-hidden="true"></i>
                    <span class="cart-count{if !$cartitemcount} is-empty{/if}" id="cartItemCount">{$cartitemcount}</span>
                </a>
                <button class="navbar-toggler" type="button" data-toggle="collapse" data-target="#mainNavbar" aria-controls="mainNavbar" aria-expanded="false" aria-label="{lang key='host.toggleNavigation'}">
                    <i class="fas fa-bars" aria-hidden="true"></i>
                </button>
            </div>
            <div class="collapse navbar-collapse order-lg-2" id="mainNavbar">
                <ul class="navbar-nav mr-auto" id="{$primaryNavbar->getId()}">
                    {include file="$template/includes/navbar.tpl" navbar=$primaryNavbar}
                </ul>
                <ul class="navbar-nav" id="{$secondaryNavbar->getId()}">
                    {include file="$template/includes/navbar.tpl" navbar=$secondaryNavbar rightDrop=true}
                </ul>
            </div>
        </div>
    </nav>
</header>
{include file="$template/includes/verifyemail.tpl"}
{if $breadcrumb && $templatefile != 'homepage'}
    {include file="$template/includes/breadcrumb.tpl"}
{/if}
<main id="main-body" class="{if $templatefile == 'homepage'}is-home{/if}" tabindex="-1">
    {if !$skipMainBodyContainer}
    <div class="container">
        {foreach $hostNotes as $hostNote}
            {include file="$template/includes/alert.tpl" type=$hostNote.type title=$hostNote.title msg=$hostNote.text}
        {/foreach}
        {foreach $clientAlerts as $alert}
            <div class="alert alert-{if $alert->getSeverity() == 'danger'}danger{elseif $alert->getSeverity() == 'warning'}warning{elseif $alert->getSeverity() == 'success'}success{else}info{/if} client-alert">
                <span>{$alert->getMessage()}</span>
                {if $alert->getLink()}<a class="btn btn-sm btn-light" href="{$alert->getLink()}">{lang key='view'}</a>{/if}
            </div>
        {/foreach}
        {if !$inShoppingCart && ($primarySidebar->hasChildren() || $secondarySidebar->hasChildren())}
        <div class="row layout">
            <aside class="col-lg-3 layout-side">
                {include file="$template/includes/sidebar.tpl" sidebar=$primarySidebar}
                <div class="d-none d-lg-block">
                    {include file="$template/includes/sidebar.tpl" sidebar=$secondarySidebar}
                </div>
            </aside>
            <div class="col-lg-9 layout-main">
        {else}
        <div class="row layout">
            <div class="col-12 layout-main">
        {/if}
        {if $displayTitle && !$inShoppingCart && !in_array($templatefile, ['homepage', 'login', 'clientregister', 'password-reset-container', 'two-factor-challenge', 'two-factor-new-backup-code', 'user-invite-accept', 'user-verify-email', 'access-denied', 'error/page-not-found', 'error/message'])}
            <div class="page-title">
                <h1>{$displayTitle}</h1>
                {if $tagline}<p>{$tagline}</p>{/if}
            </div>
        {/if}
    {/if}
