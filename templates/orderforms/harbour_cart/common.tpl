<link rel="stylesheet" href="{$WEB_ROOT}/templates/orderforms/{$carttpl}/css/cart.css?v={$versionHash}">
<script src="{$WEB_ROOT}/templates/orderforms/{$carttpl}/js/cart.js?v={$versionHash}" defer></script>
