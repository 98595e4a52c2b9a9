<!DOCTYPE html>
<html lang="{$activeLocale.languageCode|default:'en'}">
<head>
{include file="$template/includes/head.tpl"}
{$headoutput}
</head>
<body class="page-maintenance">
<main class="container">
    <div class="empty-state">
        {if $assetLogoPath}<p><img src="{$assetLogoPath}" alt="{$companyname}" class="img-fluid"></p>{else}<p class="text-muted">{$companyname}</p>{/if}
        <span class="empty-icon" aria-hidden="true"><i class="fas fa-tools"></i></span>
        <h1 class="h3">{lang key='host.maintenance'}</h1>
        {if $maintenanceMessage}<p>{$maintenanceMessage|nl2br}</p>{/if}
    </div>
</main>
</body>
</html>
