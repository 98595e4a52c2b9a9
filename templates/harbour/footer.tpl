    {if !$skipMainBodyContainer}
            </div>
        </div>
        {if !$inShoppingCart && $secondarySidebar->hasChildren()}
            <div class="d-lg-none layout-side-below">
                {include file="$template/includes/sidebar.tpl" sidebar=$secondarySidebar below=true}
            </div>
        {/if}
    </div>
    {/if}
</main>
<footer class="site-footer">
    <div class="container">
        <div class="site-footer-row">
            <p class="mb-0">{lang key='copyrightFooterNotice' year=$date_year company=$companyname}</p>
            <div class="site-footer-tools">
                {if $languagechangeenabled && count($locales) > 1}
                    <form method="get" action="{$currentpagelinkback|default:'/index.php'}" class="footer-form">
                        {foreach $currentpagequery as $queryName => $queryValue}<input type="hidden" name="{$queryName}" value="{$queryValue}">{/foreach}
                        <label class="sr-only" for="footerLanguage">{lang key='chooselanguage'}</label>
                        <select class="custom-select custom-select-sm" id="footerLanguage" name="language" data-autosubmit>
                            {foreach $locales as $locale}
                                <option value="{$locale.language}"{if $language == $locale.language} selected{/if}>{$locale.localisedName}</option>
                            {/foreach}
                        </select>
                        <noscript><button class="btn btn-sm btn-light" type="submit">{lang key='apply'}</button></noscript>
                    </form>
                {/if}
                {if !$loggedin && count($currencies) > 1}
                    <form method="get" action="{$currentpagelinkback|default:'/index.php'}" class="footer-form">
                        {foreach $currentpagequery as $queryName => $queryValue}<input type="hidden" name="{$queryName}" value="{$queryValue}">{/foreach}
                        <label class="sr-only" for="footerCurrency">{lang key='choosecurrency'}</label>
                        <select class="custom-select custom-select-sm" id="footerCurrency" name="currency" data-autosubmit>
                            {foreach $currencies as $selectCurrency}
                                <option value="{$selectCurrency.id}"{if $activeCurrency.id == $selectCurrency.id} selected{/if}>{$selectCurrency.prefix} {$selectCurrency.code}</option>
                            {/foreach}
                        </select>
                        <noscript><button class="btn btn-sm btn-light" type="submit">{lang key='apply'}</button></noscript>
                    </form>
                {/if}
            </div>
        </div>
    </div>
</footer>
{$footeroutput}
</body>
</html>
