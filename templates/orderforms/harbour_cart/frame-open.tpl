{include file="orderforms/$carttpl/common.tpl"}
<div class="order" id="order-harbour_cart">
    <div class="row layout">
        <aside class="col-lg-3 layout-side order-side">
            {include file="orderforms/$carttpl/sidebar-categories.tpl"}
        </aside>
        <div class="col-lg-9 layout-main">
            <div class="page-title">
                <h1>{$orderTitle}</h1>
                {if $orderLead}<p>{$orderLead}</p>{/if}
            </div>
